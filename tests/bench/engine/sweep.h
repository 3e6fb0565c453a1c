// The curve of an engine: recall and speed over a grid of efforts.

#ifndef AKIN_TESTS_BENCH_ENGINE_SWEEP_H_
#define AKIN_TESTS_BENCH_ENGINE_SWEEP_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/engine/curve.h"
#include "tests/bench/engine/search_engine.h"
#include "tests/bench/engine/truth.h"
#include "tests/bench/engine/vector_set.h"

namespace akin::bench {

// What a set's queries are asked with.
struct QueryPlan {
  const VectorSet* set = nullptr;
  const Truth* truth = nullptr;
  size_t k = 10;
  size_t threads = 2;  // where time does not count
};

// recall@k of an engine at one effort, over all queries. By distance.
double MeasureRecall(const QueryPlan& plan, size_t effort,
                     SearchEngine* engine);

// One engine and what the sweep found.
struct Contender {
  std::string name;
  SearchEngine* engine = nullptr;
  std::vector<CurvePoint> points;
  std::vector<CurvePoint> front;  // of the points, ParetoFront
};

// Efforts from k up to kMostEffort: the last one below `least` recall, and the
// ones from there to `most`. Recall from all queries; speed, on one thread, as
// the median of three visits of a tenth of a second of processor time, in which
// the contenders take turns.
inline constexpr size_t kMostEffort = 4000;
void Sweep(const QueryPlan& plan, double least, double most,
           const std::vector<Contender*>& contenders);

// The two efforts between which a contender has exactly `recall`, and their
// shares; nothing when it never does.
std::optional<EffortMix> FindContenderMix(const QueryPlan& plan, double recall,
                                          const Contender& contender);

// The figures of every query at a mix, each a weighted mean of both efforts.
std::vector<SearchCounts> CountPerQuery(const QueryPlan& plan,
                                        const EffortMix& mix,
                                        SearchEngine* engine);
SearchCounts MeanOf(const std::vector<SearchCounts>& counts);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_SWEEP_H_
