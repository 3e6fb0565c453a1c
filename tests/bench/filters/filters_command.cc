#include "tests/bench/filters/filters_command.h"

#include <memory>
#include <string>

#include "tests/bench/filters/filters.h"

namespace akin::bench {

void AddFiltersCommand(CLI::App* app, std::function<absl::Status()>* run) {
  auto options = std::make_shared<FiltersOptions>();
  CLI::App* command = app->add_subcommand(
      "filters", "Searches with a filter, beside the same ones without");
  const auto add = [&](const std::string& flag, auto* value,
                       const std::string& what) {
    return command->add_option(flag, *value, what)->capture_default_str();
  };
  add("--sets", &options->sets, "As of akin-bench engine")->delimiter(',');
  add("--shares", &options->shares, "Of the rows that filters allow")
      ->delimiter(',');
  add("--pairs", &options->pairs, "Pairs of blocks")
      ->check(CLI::Range(1, 1000));
  add("--seconds-per-block", &options->seconds_per_block, "Of searching")
      ->check(CLI::Range(0.001, 60.0));
  add("--recall-queries", &options->recall_queries,
      "Queries that are answered exactly, too")
      ->check(CLI::Range(1, 100'000));
  add("--json-out", &options->json_out, "A file for the JSON line");
  command->callback(
      [=] { *run = [options] { return BenchFilters(*options); }; });
}

}  // namespace akin::bench
