#include "tests/bench/chaos/chaos_command.h"

#include <memory>
#include <string>

#include "tests/bench/chaos/chaos.h"

namespace akin::bench {

void AddChaosCommand(CLI::App* app, std::function<absl::Status()>* run) {
  auto options = std::make_shared<ChaosOptions>();
  CLI::App* command = app->add_subcommand(
      "chaos",
      "Damaged files, garbage, spoilt messages, kills and certificates that "
      "change, counted");
  const auto add = [&](const std::string& flag, auto* value,
                       const std::string& what) {
    return command->add_option(flag, *value, what)->capture_default_str();
  };
  add("--seed", &options->seed, "Of what is chosen by chance");
  add("--flips", &options->flips, "Bits flipped in sealed files; 0: none")
      ->check(CLI::Range(0, 10'000'000));
  add("--cuts", &options->cuts, "Sealed files cut short; 0: none")
      ->check(CLI::Range(0, 10'000'000));
  add("--connections", &options->connections,
      "Connections that speak garbage; 0: none")
      ->check(CLI::Range(0, 1'000'000));
  add("--messages", &options->messages, "Spoilt messages; 0: none")
      ->check(CLI::Range(0, 10'000'000));
  add("--kills", &options->kills, "Servers killed under load; 0: none")
      ->check(CLI::Range(0, 10'000));
  add("--rotations", &options->rotations,
      "Certificates and tokens changed under load, a second each; 0: none")
      ->check(CLI::Range(0, 10'000));
  add("--json-out", &options->json_out, "A file for the JSON line");
  command->callback([=] { *run = [options] { return BenchChaos(*options); }; });
}

}  // namespace akin::bench
