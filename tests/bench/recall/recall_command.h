#ifndef AKIN_TESTS_BENCH_RECALL_RECALL_COMMAND_H_
#define AKIN_TESTS_BENCH_RECALL_RECALL_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "absl/status/status.h"

namespace akin::bench {

// Adds `recall` to `app`; `run` gets what is to be run.
void AddRecallCommand(CLI::App* app, std::function<absl::Status()>* run);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_RECALL_RECALL_COMMAND_H_
