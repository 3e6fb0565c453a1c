// akin-bench: all benchmarks of akin (README.md here).

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/analogies.h"
#include "tests/bench/chaos/chaos_command.h"
#include "tests/bench/engine/engine_command.h"
#include "tests/bench/filters/filters_command.h"
#include "tests/bench/load.h"
#include "tests/bench/recall/recall_command.h"
#include "tests/bench/serve/serve_command.h"
#include "tests/bench/versions/versions_command.h"

namespace {

constexpr int kBadUsage = 2;
constexpr const char* kPython = "/usr/bin/python3";

void AddPython(CLI::App* command, std::string* python) {
  *python = kPython;
  command->add_option("--python", *python, "The Python that has gensim")
      ->capture_default_str();
}

int Run(int argc, char** argv) {
  CLI::App app("All benchmarks of akin; each prints a table and a JSON line.");
  app.require_subcommand(1);
  std::function<absl::Status()> run;

  akin::bench::LoadBenchOptions load;
  CLI::App* command =
      app.add_subcommand("load", "Reading trained files, beside gensim");
  command->add_option("--pairs", load.pairs, "How often each side reads")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  AddPython(command, &load.python);
  command->callback([&] { run = [&] { return BenchLoad(load); }; });

  std::string file;
  command = app.add_subcommand("load-once", "")->group("");
  command->add_option("FILE", file)->required();
  command->callback([&] { run = [&] { return akin::bench::LoadOnce(file); }; });

  akin::bench::AnalogiesOptions analogies;
  command = app.add_subcommand(
      "analogies", "The Google analogies through a server, beside gensim");
  command
      ->add_option("--index", analogies.index,
                   "The table's index: exact, or graph (then both are asked)")
      ->check(CLI::IsMember({"exact", "graph"}))
      ->capture_default_str();
  AddPython(command, &analogies.python);
  command->callback([&] { run = [&] { return BenchAnalogies(analogies); }; });

  akin::bench::AddChaosCommand(&app, &run);
  akin::bench::AddEngineCommands(&app, &run);
  akin::bench::AddFiltersCommand(&app, &run);
  akin::bench::AddRecallCommand(&app, &run);
  akin::bench::AddServeCommands(&app, &run);
  akin::bench::AddVersionsCommand(&app, &run);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadUsage;
  }
  const absl::Status status = run();
  if (status.ok()) return 0;
  std::fprintf(stderr, "akin-bench: %s\n",
               std::string(status.message()).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "akin-bench: %s\n", error.what());
    return 1;
  }
}
