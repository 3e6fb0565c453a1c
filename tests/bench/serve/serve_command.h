// The subcommands of akin-bench serve.

#ifndef AKIN_TESTS_BENCH_SERVE_SERVE_COMMAND_H_
#define AKIN_TESTS_BENCH_SERVE_SERVE_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "absl/status/status.h"

namespace akin::bench {

// Sets `run` when one of them was named.
void AddServeCommands(CLI::App* app, std::function<absl::Status()>* run);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_SERVE_SERVE_COMMAND_H_
