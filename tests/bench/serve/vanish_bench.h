// Clients that vanish in the middle of a call: what the server still holds.

#ifndef AKIN_TESTS_BENCH_SERVE_VANISH_BENCH_H_
#define AKIN_TESTS_BENCH_SERVE_VANISH_BENCH_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/serve/serve.h"

namespace akin::bench {

absl::Status BenchVanish(const ServeOptions& options, Figures* figures);

// The part that vanishes, in a process of its own: connects `clients` times,
// sends a long search on each connection, prints {} and waits to be killed.
absl::Status CallAndWait(const std::string& address, size_t clients);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_SERVE_VANISH_BENCH_H_
