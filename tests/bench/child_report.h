// Parts of a benchmark that run in a process of their own, and the rival.

#ifndef AKIN_TESTS_BENCH_CHILD_REPORT_H_
#define AKIN_TESTS_BENCH_CHILD_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin::bench {

// Runs `program` (a path), waits at most an hour, and returns the JSON object
// it printed. The child dies with this process. UNAVAILABLE, with what it wrote
// on stderr: it ended otherwise than with 0. INTERNAL: no JSON.
absl::StatusOr<nlohmann::json> RunForJson(
    const std::string& program, const std::vector<std::string>& arguments);

// The same for a script of this folder.
absl::StatusOr<nlohmann::json> RunScriptForJson(
    const std::string& python, absl::string_view script,
    std::vector<std::string> arguments);

// The version of the gensim that `python` has, or "" if it has none.
std::string FindGensim(const std::string& python);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_CHILD_REPORT_H_
