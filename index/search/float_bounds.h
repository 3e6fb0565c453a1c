// Between what two numbers a row's score lies, known from an inner product that
// was summed in another order than the score's (TileKernels::floats). The
// derivation stands in float_bounds.cc.

#ifndef AKIN_INDEX_SEARCH_FLOAT_BOUNDS_H_
#define AKIN_INDEX_SEARCH_FLOAT_BOUNDS_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "index/kernels/passing.h"
#include "index/search/score_range.h"
#include "index/table/metric.h"

namespace akin {

// A query that is compared with float vectors. Thread-safe once prepared.
class FloatBounds {
 public:
  // `query` must outlive this.
  void Prepare(Metric metric, absl::Span<const float> query);

  const float* query() const { return query_.data(); }

  // Passed by every row whose score may reach `threshold`.
  PassTest TestFor(float threshold) const;

  // `error` and `shift` are the row's terms.
  ScoreRange Range(float error, float shift, float product) const;

 private:
  absl::Span<const float> query_;
  bool l2_ = false;
  double squared_length_ = 0;  // of the query
  double weight_ = 0;          // of a row's error, under inner products
  double rounding_ = 0;        // under l2, relative
};

// The terms of rows for the tests of FloatBounds. Not thread-safe.
class FloatTerms {
 public:
  void Prepare(Metric metric, size_t dimension);

  // Of `count` vectors, one behind the other. They hold until the next call.
  RowTerms OfBlock(const float* rows, size_t count);

 private:
  Metric metric_ = Metric::kCosine;
  size_t dimension_ = 0;
  std::vector<float> errors_;
  std::vector<float> shifts_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_FLOAT_BOUNDS_H_
