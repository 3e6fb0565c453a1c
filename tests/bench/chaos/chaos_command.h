// The command line of akin-bench chaos.

#ifndef AKIN_TESTS_BENCH_CHAOS_CHAOS_COMMAND_H_
#define AKIN_TESTS_BENCH_CHAOS_CHAOS_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "absl/status/status.h"

namespace akin::bench {

// When `chaos` was asked for, `run` runs it.
void AddChaosCommand(CLI::App* app, std::function<absl::Status()>* run);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_CHAOS_CHAOS_COMMAND_H_
