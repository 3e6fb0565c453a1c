#include "tests/bench/versions/versions_command.h"

#include <memory>
#include <string>

#include "tests/bench/versions/versions.h"

namespace akin::bench {

void AddVersionsCommand(CLI::App* app, std::function<absl::Status()>* run) {
  auto options = std::make_shared<VersionsOptions>();
  CLI::App* command = app->add_subcommand(
      "versions", "Serving what lies on the disk, and swapping it under load");
  const auto add = [&](const std::string& flag, auto* value,
                       const std::string& what) {
    return command->add_option(flag, *value, what)->capture_default_str();
  };
  add("--set", &options->set, "Of the cold starts, as of akin-bench engine");
  add("--pairs", &options->pairs,
      "How often each side starts cold; 0: no cold starts")
      ->check(CLI::Range(0, 1000));
  add("--cache", &options->cache,
      "A folder that keeps indexes between runs; cold starts need one");
  add("--swap-rows", &options->swapped.items, "Items of a version")
      ->check(CLI::Range(100, 100'000'000));
  add("--swap-users", &options->swapped.users, "Users of a version")
      ->check(CLI::Range(1, 10'000'000));
  add("--swap-dimension", &options->swapped.dimension, "Of both tables")
      ->check(CLI::Range(2, 4096));
  // The server logs each, and nobody reads its log.
  add("--label-moves", &options->label_moves,
      "Swaps and rollbacks by label, under load; 0: none")
      ->check(CLI::Range(0, 300));
  add("--seconds-per-move", &options->seconds_per_move,
      "From one of them to the next")
      ->check(CLI::Range(0.001, 60.0));
  add("--swaps", &options->swaps,
      "Versions sealed and loaded under load; 0: none")
      ->check(CLI::Range(0, 300));
  add("--seconds-before", &options->seconds_before,
      "Of the load before each of them, to compare with")
      ->check(CLI::Range(0.01, 60.0));
  add("--memory-swaps", &options->memory_swaps,
      "Versions loaded while memory is watched, without load; 0: none")
      ->check(CLI::Range(0, 300));
  add("--json-out", &options->json_out, "A file for the JSON line");
  command->callback(
      [=] { *run = [options] { return BenchVersions(*options); }; });
}

}  // namespace akin::bench
