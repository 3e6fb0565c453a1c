// What is asked of the versions of swap_repository.h.

#ifndef AKIN_TESTS_BENCH_VERSIONS_SWAP_REQUESTS_H_
#define AKIN_TESTS_BENCH_VERSIONS_SWAP_REQUESTS_H_

#include <vector>

#include "akin/v1/search_service.pb.h"
#include "tests/bench/versions/swap_repository.h"

namespace akin::bench {

// For every user, the ten items nearest to him.
std::vector<v1::SearchRequest> SwapRequests(const SwapSizes& sizes);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_SWAP_REQUESTS_H_
