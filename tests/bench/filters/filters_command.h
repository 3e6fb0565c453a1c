// The subcommand akin-bench filters.

#ifndef AKIN_TESTS_BENCH_FILTERS_FILTERS_COMMAND_H_
#define AKIN_TESTS_BENCH_FILTERS_FILTERS_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "absl/status/status.h"

namespace akin::bench {

// Sets `run` when it was named.
void AddFiltersCommand(CLI::App* app, std::function<absl::Status()>* run);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_FILTERS_FILTERS_COMMAND_H_
