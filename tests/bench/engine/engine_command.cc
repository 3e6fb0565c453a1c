#include "tests/bench/engine/engine_command.h"

#include <memory>
#include <string>

#include "tests/bench/engine/engine.h"
#include "tests/bench/engine/memory_bench.h"

namespace akin::bench {
namespace {

using Run = std::function<absl::Status()>;

template <typename T>
void AddList(CLI::App* command, const std::string& flag, std::vector<T>* values,
             std::vector<T> fallback, const std::string& what) {
  *values = std::move(fallback);
  command->add_option(flag, *values, what)
      ->delimiter(',')
      ->expected(0, 100)
      ->capture_default_str();
}

template <typename T>
void AddValue(CLI::App* command, const std::string& flag, T* value,
              const std::string& what) {
  command->add_option(flag, *value, what)->capture_default_str();
}

void AddEngine(CLI::App* app, Run* run) {
  auto options = std::make_shared<EngineOptions>();
  CLI::App* command = app->add_subcommand(
      "engine", "The graph index beside hnswlib and FAISS, at equal recall");
  AddList(command, "--sets", &options->sets,
          {"glove", "mnist", "bigann", "anime-32", "anime-64"},
          "Sets of vectors: glove, mnist, bigann, anime-D, mf-N-D, "
          "clusters-N-D");
  AddList(command, "--layouts", &options->layouts, {"fast", "compact"},
          "akin's layouts, the main one first: fast, compact, flat, rows1, "
          "rows2, rows4; behind it :DEGREE, @BUILD_EFFORT, %STOP_FACTOR");
  AddList(command, "--hnswlib-m", &options->hnswlib_links, {16, 24, 32},
          "hnswlib's M; the best at a recall counts there");
  AddList(command, "--faiss-sets", &options->faiss_sets, {"glove", "mnist"},
          "Sets on which FAISS' HNSWFlat is built, too");
  AddList(command, "--build-sets", &options->build_sets, {"glove"},
          "Sets on which builds are repeated side by side");
  AddList(command, "--growth", &options->growth_sets, {},
          "Sets, of rising size, that the growth of distances is read off");
  AddValue(command, "--k", &options->k, "Neighbours asked for");
  AddValue(command, "--threads", &options->threads,
           "Threads that search, in comparisons with rivals");
  AddValue(command, "--build-threads", &options->build_threads,
           "Threads that build; 0: all processors");
  AddValue(command, "--pairs", &options->pairs, "Pairs of blocks");
  AddValue(command, "--build-pairs", &options->build_pairs,
           "Pairs of builds; 0: none");
  AddValue(command, "--seconds-per-block", &options->seconds_per_block,
           "Of searching, per side and block");
  AddValue(command, "--memory-rows", &options->memory_rows,
           "Vectors of the memory measurement; 0: none");
  command->add_flag("!--no-exact", options->exact,
                    "Leaves exact search unmeasured");
  command->add_flag("--hnswlib-huge-pages", options->hnswlib_huge_pages,
                    "Gives hnswlib huge pages, for which it does not ask");
  AddValue(command, "--cache", &options->cache,
           "A folder that keeps truth and the rivals' indexes between runs");
  AddValue(command, "--target", &options->target,
           "AVX2: no side uses anything wider");
  AddValue(command, "--json-out", &options->json_out,
           "A file for the JSON line");
  command->callback(
      [=] { *run = [options] { return BenchEngine(*options); }; });
}

void AddEngineOnce(CLI::App* app, Run* run) {
  auto options = std::make_shared<EngineOnceOptions>();
  CLI::App* command = app->add_subcommand("engine-once", "")->group("");
  AddValue(command, "--set", &options->set, "");
  AddValue(command, "--layout", &options->layout, "");
  AddValue(command, "--k", &options->k, "");
  AddValue(command, "--effort", &options->effort, "");
  AddValue(command, "--queries", &options->queries, "");
  command->callback([=] { *run = [options] { return EngineOnce(*options); }; });
}

void AddEngineMemory(CLI::App* app, Run* run) {
  struct Options {
    std::string engine = "fast";
    size_t dimension = 128;
    size_t rows = 20'000;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand("engine-memory", "")->group("");
  AddValue(command, "--engine", &options->engine, "");
  AddValue(command, "--dimension", &options->dimension, "");
  AddValue(command, "--rows", &options->rows, "");
  command->callback([=] {
    *run = [options] {
      return EngineMemory(options->engine, options->dimension, options->rows);
    };
  });
}

}  // namespace

void AddEngineCommands(CLI::App* app, Run* run) {
  AddEngine(app, run);
  AddEngineOnce(app, run);
  AddEngineMemory(app, run);
}

}  // namespace akin::bench
