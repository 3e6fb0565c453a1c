// akin-bench chaos: what is done to a server and to its files by accident and
// by malice, counted. Bounded in number and so in time.

#ifndef AKIN_TESTS_BENCH_CHAOS_CHAOS_H_
#define AKIN_TESTS_BENCH_CHAOS_CHAOS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/versions/swap_repository.h"

namespace akin::bench {

struct ChaosOptions {
  uint64_t seed = 1;
  SwapSizes sizes = {.items = 5000, .users = 200, .dimension = 32};
  size_t flips = 10'000;
  size_t cuts = 1000;
  size_t connections = 2000;
  size_t messages = 20'000;
  size_t kills = 50;
  size_t rotations = 50;
  std::string json_out;
};

// Prints the report. Nothing stays behind.
absl::Status BenchChaos(const ChaosOptions& options);

// The parts. `runs`: a repository that SealRuns has filled.

// Versions of which a bit was flipped, or a file cut short: refused, or at
// least answering as before.
absl::Status DamageFiles(const ChaosOptions& options, const std::string& runs,
                         Figures* figures);
// Connections that speak anything but gRPC, beside a client that behaves.
absl::Status SendGarbage(const ChaosOptions& options, const std::string& runs,
                         Figures* figures);
// Requests of every method, spoilt a byte at a time.
absl::Status SpoilMessages(const ChaosOptions& options, const std::string& runs,
                           Figures* figures);
// Servers killed under load, and started again.
absl::Status KillServers(const ChaosOptions& options, const std::string& runs,
                         Figures* figures);
// Certificates and tokens that change under calls.
absl::Status RotateCertificates(const ChaosOptions& options,
                                const std::string& runs, Figures* figures);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_CHAOS_CHAOS_H_
