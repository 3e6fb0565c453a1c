#include "tests/bench/serve/serve_command.h"

#include <memory>
#include <string>

#include "tests/bench/serve/serve.h"
#include "tests/bench/serve/vanish_bench.h"

namespace akin::bench {

void AddServeCommands(CLI::App* app, std::function<absl::Status()>* run) {
  auto options = std::make_shared<ServeOptions>();
  options->sets = {"glove"};
  CLI::App* command = app->add_subcommand(
      "serve", "A server under load, beside an empty call and the engine");
  const auto add = [&](const std::string& flag, auto* value,
                       const std::string& what) {
    return command->add_option(flag, *value, what)->capture_default_str();
  };
  add("--sets", &options->sets, "Sets of vectors, as of akin-bench engine")
      ->delimiter(',')
      ->expected(0, 100);
  add("--pairs", &options->pairs, "Rounds in which all sides are measured");
  add("--seconds-per-block", &options->seconds_per_block, "Of one load");
  add("--seconds-open-loop", &options->seconds_open_loop,
      "Of each load of the latency measurement");
  add("--seconds-overload", &options->seconds_overload,
      "Of each step of the overload measurement; 0: none");
  add("--vanishing-clients", &options->vanishing_clients,
      "Clients that vanish in mid-call; 0: none");
  add("--mixed-calls", &options->mixed_calls,
      "Calls of the memory measurement; 0: none");
  add("--json-out", &options->json_out, "A file for the JSON line");
  command->callback([=] { *run = [options] { return BenchServe(*options); }; });

  struct Vanishing {
    std::string address;
    size_t clients = 1;
  };
  auto vanishing = std::make_shared<Vanishing>();
  command = app->add_subcommand("call-and-wait", "")->group("");
  command->add_option("ADDRESS", vanishing->address)->required();
  command->add_option("CLIENTS", vanishing->clients)->required();
  command->callback([=] {
    *run = [vanishing] {
      return CallAndWait(vanishing->address, vanishing->clients);
    };
  });
}

}  // namespace akin::bench
