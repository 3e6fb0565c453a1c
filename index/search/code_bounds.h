// Between what two numbers a row's score lies, known from its code: what lets
// exact search read one byte per component of most rows and still be exact. The
// derivation stands in code_bounds.cc.
//
// A prepared object is thread-safe.

#ifndef AKIN_INDEX_SEARCH_CODE_BOUNDS_H_
#define AKIN_INDEX_SEARCH_CODE_BOUNDS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "index/kernels/code_distances.h"
#include "index/kernels/passing.h"
#include "index/search/score_range.h"
#include "index/table/codes.h"

namespace akin {

// What is scored: the table's vectors, or the decoded codes in their place.
enum class Scored { kVectors, kDecoded };

// A query that is compared with codes.
class CodeBounds {
 public:
  // `codes` must outlive this. `query` has the table's dimension. False when
  // its numbers or the codes' are so large or so small that floats tell
  // nothing: then every row must be scored. Allocates only when it was never
  // used for codes as wide.
  bool Prepare(const Codes& codes, absl::Span<const float> query,
               Scored scored);

  // What the rows' codes are multiplied with: Range() and the tests want the
  // sum of values[j] * code[j], j < codes.stride().
  const int16_t* values() const { return query_.values.data(); }

  // Passed by every row whose score may reach `threshold`.
  PassTest TestFor(float threshold) const;

  ScoreRange Range(size_t row, int32_t product) const;

 private:
  struct Sums;

  bool PrepareInnerProduct(const Sums& sums, Scored scored);
  bool PrepareDistance(const Sums& sums);

  const Codes* codes_ = nullptr;
  CodeQuery query_;
  bool l2_ = false;
  float factor_ = 0;     // of a product, in scores
  double base_ = 0;      // the part of a score that no row changes
  double weight_ = 0;    // of a row's error, under inner products
  double slack_ = 0;     // what else a product may be off by, in scores
  double rounding_ = 0;  // of a kernel's squared distance, relative
  float decoded_error_ = 0;
  Scored scored_ = Scored::kVectors;
};

// The terms of rows for the tests of CodeBounds. Not thread-safe.
class CodeTerms {
 public:
  // `codes` must outlive this.
  void Prepare(const Codes& codes, Scored scored);

  // They hold until the next call.
  RowTerms OfRange(size_t begin, size_t count);
  RowTerms OfList(absl::Span<const uint32_t> rows);

 private:
  template <class RowAt>
  RowTerms Fill(size_t count, const RowAt& row_at);

  const Codes* codes_ = nullptr;
  bool decoded_ = false;
  float decoded_error_ = 0;
  std::vector<float> errors_;
  std::vector<float> shifts_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_CODE_BOUNDS_H_
