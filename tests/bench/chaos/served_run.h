// The server that chaos is done to, and what it must go on answering.

#ifndef AKIN_TESTS_BENCH_CHAOS_SERVED_RUN_H_
#define AKIN_TESTS_BENCH_CHAOS_SERVED_RUN_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "akin/v1/search_service.pb.h"
#include "tests/bench/serve/generator.h"
#include "tests/bench/server_child.h"
#include "tests/bench/versions/swap_repository.h"

namespace akin::bench {

// Serves `runs`, a repository that SealRuns has filled.
absl::StatusOr<std::unique_ptr<ServerChild>> ServeRuns(const std::string& runs);

// Asks once for each user. INTERNAL: a call failed, or an answer is not of the
// version that it says.
absl::Status CheckAnswers(const std::string& address, const SwapSizes& sizes);

// Asks on one connection, 8 calls at a time, until `work` is done.
absl::StatusOr<LoadResult> AskWhile(
    const std::string& address, const std::vector<v1::SearchRequest>& requests,
    const std::function<absl::Status()>& work);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_CHAOS_SERVED_RUN_H_
