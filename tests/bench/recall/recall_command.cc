#include "tests/bench/recall/recall_command.h"

#include <memory>
#include <string>

#include "tests/bench/recall/recall.h"

namespace akin::bench {

void AddRecallCommand(CLI::App* app, std::function<absl::Status()>* run) {
  auto options = std::make_shared<RecallBenchOptions>();
  options->sets = {"glove"};
  CLI::App* command = app->add_subcommand(
      "recall", "A server that watches its recall, beside one that does not");
  const auto add = [&](const std::string& flag, auto* value,
                       const std::string& what) {
    return command->add_option(flag, *value, what)->capture_default_str();
  };
  add("--sets", &options->sets, "As of akin-bench engine")->delimiter(',');
  add("--cpu-shares", &options->cpu_shares,
      "What watching may use of a processor")
      ->delimiter(',')
      ->check(CLI::Range(0.0001, 1.0));
  add("--pairs", &options->pairs, "Pairs of blocks")
      ->check(CLI::Range(1, 1000));
  add("--seconds-per-block", &options->seconds_per_block, "Of one load")
      ->check(CLI::Range(0.01, 600.0));
  add("--seconds-open-loop", &options->seconds_open_loop,
      "Of each load of the latency measurement")
      ->check(CLI::Range(0.01, 600.0));
  add("--missed-target", &options->missed_target,
      "A recall that the index does not reach")
      ->check(CLI::Range(0.5, 1.0));
  add("--most-alert-seconds", &options->most_alert_seconds,
      "How long the alert is waited for")
      ->check(CLI::Range(0.1, 3600.0));
  add("--json-out", &options->json_out, "A file for the JSON line");
  command->callback(
      [=] { *run = [options] { return BenchRecall(*options); }; });
}

}  // namespace akin::bench
