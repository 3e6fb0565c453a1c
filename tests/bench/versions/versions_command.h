// The subcommand akin-bench versions.

#ifndef AKIN_TESTS_BENCH_VERSIONS_VERSIONS_COMMAND_H_
#define AKIN_TESTS_BENCH_VERSIONS_VERSIONS_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "absl/status/status.h"

namespace akin::bench {

// Sets `run` when it was named.
void AddVersionsCommand(CLI::App* app, std::function<absl::Status()>* run);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_VERSIONS_COMMAND_H_
