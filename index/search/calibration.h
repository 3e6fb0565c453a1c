// What an index knows of its own recall: measured after the build against exact
// search, and used to choose the effort of a query. Immutable, thread-safe;
// nothing here allocates.

#ifndef AKIN_INDEX_SEARCH_CALIBRATION_H_
#define AKIN_INDEX_SEARCH_CALIBRATION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace akin {

struct RecallPoint {
  uint32_t effort;
  float recall;        // recall@k, mean over the queries
  float distances;     // per query, mean
  float microseconds;  // per query and thread, median
};

struct RecallCurve {
  // The table whose rows were the queries; empty: the searched table's own
  // rows, each hidden from its own search.
  std::string query_table;
  uint32_t k;
  uint32_t queries;
  std::vector<RecallPoint> points;  // effort rising, recall not falling
};

// As SearchTask::query_table: the query may come from anywhere. No table has
// this name.
inline constexpr absl::string_view kAnyTable = "*";

class Calibration {
 public:
  Calibration() = default;
  // Each curve has at least one point, and no two curves the same table and k.
  Calibration(std::vector<RecallCurve> curves, float exact_microseconds);

  bool empty() const { return curves_.empty(); }
  // By query table in the order they were given, then by k.
  const std::vector<RecallCurve>& curves() const { return curves_; }
  // Of one exact search for 10 neighbours over the whole table, one thread; 0
  // if it was not measured.
  float exact_microseconds() const { return exact_microseconds_; }

  // The least effort that reached `target_recall` at k. Nothing, and so exact
  // search, when none did, when what it took was more than exact search's time,
  // and for a target of 1: no sample shows that an approximate search misses
  // none.
  //
  // Between two measured points it interpolates on the logarithm of the effort
  // and rounds up; near 1 recall bends down over it, so the straight line asks
  // for too much rather than too little. Between two measured k likewise on the
  // logarithm of k, and only if both reached the target. Above the largest k
  // the effort grows with k. `query_table` as in SearchTask; one that was not
  // calibrated gets the largest effort of all.
  std::optional<size_t> EffortFor(float target_recall, size_t k,
                                  absl::string_view query_table) const;

  // What is expected at `effort`, by the same interpolation; of a query table
  // that was not calibrated the worst of all. Beyond the largest measured
  // effort recall is expected to stay and cost to grow with the effort. Nothing
  // below the least measured effort.
  std::optional<RecallPoint> Expect(size_t effort, size_t k,
                                    absl::string_view query_table) const;

 private:
  // The curves of one query table; all of them if `query_table` has none.
  absl::Span<const RecallCurve> CurvesOf(absl::string_view query_table) const;

  std::vector<RecallCurve> curves_;
  float exact_microseconds_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_CALIBRATION_H_
