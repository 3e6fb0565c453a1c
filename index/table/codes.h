// One byte per component: a table's vectors, small enough to be compared fast.
//
// x[j] is stored as code[j] in -127..127 with x[j] ~ offset[j] + scale[j] *
// code[j]; scale and offset span the range of component j over all rows.
//
// Everything that is coded is compared by a squared distance. Under cosine rows
// have length 1 and it is 2 - 2 cosine. Under dot it is |q|^2 + M^2 - 2 dot,
// with M the longest row's length: what the squared distance would be if every
// row had one more component that makes it as long as the longest, and the
// query 0 there (Bachrach et al., "Speeding Up the Xbox Recommender System
// Using a Euclidean Transformation for Inner-Product Spaces", RecSys 2014,
// section 3). As the query has 0 there, the component need not be stored.
//
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_TABLE_CODES_H_
#define AKIN_INDEX_TABLE_CODES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "index/base/page_buffer.h"
#include "index/base/sealed_file.h"
#include "index/base/worker_pool.h"
#include "index/table/table.h"

namespace akin {

class Codes {
 public:
  // `table` has at least one row. RESOURCE_EXHAUSTED: no memory.
  static absl::StatusOr<Codes> Encode(const Table& table, WorkerPool* pool);

  Metric metric() const { return metric_; }
  size_t rows() const { return rows_; }
  size_t dimension() const { return scales_.size(); }

  // Row r begins at data() + r * stride(), 64-byte aligned where the stride
  // allows; behind dimension() codes there are zeros. stride() is 32 or a
  // multiple of 64. Under l2 the last four bytes of a row are a float, the
  // squared length of its decoded components less the offsets.
  const int8_t* data() const {
    return reinterpret_cast<const int8_t*>(data_.data());
  }
  size_t stride() const { return stride_; }
  const int8_t* Row(size_t row) const { return data() + row * stride_; }
  // Of an l2 row, else 0.
  float SquaredLength(size_t row) const;

  absl::Span<const float> scales() const { return scales_; }
  absl::Span<const float> offsets() const { return offsets_; }
  // M above; 1 under cosine, 0 under l2.
  float longest() const { return longest_; }

  // The coded vector: dimension() floats.
  void Decode(size_t row, float* out) const;

  // |x - decoded x| of a row, rounded up: by Cauchy and Schwarz no inner
  // product with the code is off by more than this times the query's length.
  float Error(size_t row) const { return errors_[row]; }
  absl::Span<const float> errors() const { return errors_; }

  // Sections "codes" and "codes.*". DATA_LOSS: not of such a table.
  absl::Status Seal(SealedFileWriter* file) const;
  static absl::StatusOr<Codes> Unseal(const SealedFile& file,
                                      const Table& table, WorkerPool* pool);

  size_t memory_bytes() const {
    return rows_ * stride_ +
           (errors_.capacity() + 2 * scales_.size()) * sizeof(float);
  }

 private:
  Codes() = default;
  // Nothing coded yet; the table's metric, rows and dimension.
  explicit Codes(const Table& table);

  // `x` has dimension() components.
  void EncodeRow(const float* x, size_t row);

  Metric metric_ = Metric::kCosine;
  size_t rows_ = 0;
  size_t stride_ = 0;
  float longest_ = 0;
  std::vector<float> scales_;
  std::vector<float> offsets_;
  std::vector<float> errors_;
  PageBuffer data_;
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_CODES_H_
