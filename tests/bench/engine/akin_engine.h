// akin's graph index over a set's vectors, in one of its layouts.

#ifndef AKIN_TESTS_BENCH_ENGINE_AKIN_ENGINE_H_
#define AKIN_TESTS_BENCH_ENGINE_AKIN_ENGINE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/worker_pool.h"
#include "index/build/graph_index.h"
#include "index/build/index_plan.h"
#include "tests/bench/engine/search_engine.h"
#include "tests/bench/engine/vector_set.h"

namespace akin::bench {

struct Layout {
  GraphIndexOptions options;
  float stop_factor = 0;  // of GraphSearcher; 0: its searches never stop early
};

// As the command line writes it: "fast" and "compact" are the profiles, "flat",
// "rows1", "rows2" and "rows4" layouts of the fast one; behind that ":DEGREE",
// "@BUILD_EFFORT" and "%STOP_FACTOR" may stand, as in "flat:64@300%1.4".
// INVALID_ARGUMENT: anything else.
absl::StatusOr<Layout> ParseLayout(absl::string_view text);

struct AkinIndex {
  std::unique_ptr<SearchEngine> engine;
  IndexPlan plan;
};

// The set must outlive the engine. Errors as of BuildGraphIndex.
absl::StatusOr<AkinIndex> MakeAkin(const VectorSet& set,
                                   const std::string& text, WorkerPool* pool);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_AKIN_ENGINE_H_
