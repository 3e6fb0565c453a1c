// The command line of "akin-bench engine" and of what it runs as children.

#ifndef AKIN_TESTS_BENCH_ENGINE_ENGINE_COMMAND_H_
#define AKIN_TESTS_BENCH_ENGINE_ENGINE_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "absl/status/status.h"

namespace akin::bench {

// Adds the subcommands to `app`, which must outlive `run`; the one that is
// chosen sets `run`.
void AddEngineCommands(CLI::App* app, std::function<absl::Status()>* run);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_ENGINE_COMMAND_H_
