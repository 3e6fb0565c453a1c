// A table: id -> vector, as searched. Immutable, so thread-safe.

#ifndef AKIN_INDEX_TABLE_TABLE_H_
#define AKIN_INDEX_TABLE_TABLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "index/base/page_buffer.h"
#include "index/base/sealed_file.h"
#include "index/base/worker_pool.h"
#include "index/table/id_map.h"
#include "index/table/metric.h"

namespace akin {

class Table {
 public:
  // `vectors` holds ids.size() rows of `dimension` floats. Under kCosine the
  // rows have length 1 and `norms` their original lengths; else it is empty.
  Table(std::string name, Metric metric, uint32_t dimension, IdMap ids,
        PageBuffer vectors, std::vector<float> norms)
      : name_(std::move(name)),
        metric_(metric),
        dimension_(dimension),
        ids_(std::move(ids)),
        vectors_(std::move(vectors)),
        norms_(std::move(norms)) {}

  const std::string& name() const { return name_; }
  Metric metric() const { return metric_; }
  uint32_t dimension() const { return dimension_; }
  size_t rows() const { return ids_.size(); }
  const IdMap& ids() const { return ids_; }

  // False once they were dropped.
  bool has_vectors() const { return decode_ == nullptr; }

  // The vector as the searchers compare it. `row` < rows(), and the vectors are
  // there.
  absl::Span<const float> SearchVector(uint32_t row) const {
    return {vectors() + size_t{row} * dimension_, dimension_};
  }

  // The same, into `out` of dimension() floats; of a table that has dropped its
  // vectors, what is left of them.
  void CopySearchVector(uint32_t row, absl::Span<float> out) const {
    if (!has_vectors()) return decode_(row, out);
    const absl::Span<const float> stored = SearchVector(row);
    std::copy(stored.begin(), stored.end(), out.begin());
  }

  // All rows, one behind the other, without padding. The vectors are there.
  const float* vectors() const {
    return reinterpret_cast<const float*>(vectors_.data());
  }

  // The vector as it was trained (within a float's rounding), or what is left
  // of it.
  void CopyOriginal(uint32_t row, absl::Span<float> out) const {
    CopySearchVector(row, out);
    if (norms_.empty()) return;
    for (float& value : out) value *= norms_[row];
  }

  // Writes what it knows of a row's search vector into dimension() floats.
  using Decoder = std::function<void(uint32_t row, absl::Span<float> out)>;

  // Gives the vectors' memory back; `decode`, which is thread-safe and not
  // null, stands in for them. Only while the table is being loaded.
  void DropVectors(Decoder decode) {
    decode_ = std::move(decode);
    vectors_ = PageBuffer();
  }

  // Sections "ids*", "norms" under cosine, and "vectors" unless they were
  // dropped. DATA_LOSS: not of such a table. Without the section, has_vectors()
  // is a promise that DropVectors must make good at once.
  absl::Status Seal(SealedFileWriter* file) const;
  static absl::StatusOr<Table> Unseal(const SealedFile& file, std::string name,
                                      Metric metric, uint32_t dimension,
                                      size_t rows, WorkerPool* pool);

  size_t memory_bytes() const {
    return (has_vectors() ? rows() * dimension_ * sizeof(float) : 0) +
           norms_.capacity() * sizeof(float) + ids_.memory_bytes();
  }

 private:
  std::string name_;
  Metric metric_;
  uint32_t dimension_;
  IdMap ids_;
  PageBuffer vectors_;
  std::vector<float> norms_;
  Decoder decode_;  // null: vectors_ are there
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_TABLE_H_
