#include "index/search/row_scores.h"

#include <algorithm>

namespace akin {
namespace {

constexpr size_t kLine = 64;
// Further on the hardware has seen where the row leads.
constexpr size_t kPrefetchedBytes = 1024;
// While some bytes are scored, as many that lie so far ahead are asked for: the
// hardware's own prefetching stops at every 4 KiB.
constexpr size_t kChunkBytes = 1024;
constexpr size_t kBytesAhead = 8192;

}  // namespace

RowScores::RowScores(const Table* table, const Codes* codes, Scored scored)
    : table_(*table),
      codes_(codes),
      scored_(scored),
      l2_(table->metric() == Metric::kL2),
      kernels_(ActiveKernels()) {}

size_t RowScores::row_bytes() const {
  return scored_ == Scored::kDecoded ? codes_->stride()
                                     : dimension() * sizeof(float);
}

void RowScores::Prefetch(uint32_t row) const {
  const char* at =
      scored_ == Scored::kDecoded
          ? reinterpret_cast<const char*>(codes_->Row(row))
          : reinterpret_cast<const char*>(table_.SearchVector(row).data());
  // A row may begin anywhere in a line.
  const size_t bytes = std::min(row_bytes(), kPrefetchedBytes);
  for (size_t i = 0; i < bytes; i += kLine) __builtin_prefetch(at + i);
  __builtin_prefetch(at + bytes - 1);
}

float RowScores::Score(const float* query, uint32_t row,
                       AlignedBuffer<float>* decoded) const {
  float score;
  ScoreVectors(query, Vectors(row, 1, decoded), 1, &score);
  return score;
}

const float* RowScores::Vectors(size_t begin, size_t count,
                                AlignedBuffer<float>* decoded) const {
  if (scored_ == Scored::kVectors) {
    return table_.vectors() + begin * dimension();
  }
  float* out = decoded->Get(count * dimension());
  for (size_t i = 0; i < count; ++i) {
    codes_->Decode(begin + i, out + i * dimension());
  }
  return out;
}

void RowScores::ScoreVectors(const float* query, const float* vectors,
                             size_t count, float* scores) const {
  if (!l2_) {
    kernels_.dot_rows(query, vectors, dimension(), count, scores);
    return;
  }
  kernels_.l2_rows(query, vectors, dimension(), count, scores);
  for (size_t i = 0; i < count; ++i) scores[i] = -scores[i];
}

void RowScores::ScanVectors(const float* query, const float* vectors,
                            size_t count, float* scores) const {
  const size_t row_bytes = dimension() * sizeof(float);
  const size_t chunk = std::max<size_t>(kChunkBytes / row_bytes, 1);
  for (size_t i = 0; i < count; i += chunk) {
    const size_t rows = std::min(chunk, count - i);
    const float* from = vectors + i * dimension();
    const char* ahead = reinterpret_cast<const char*>(from) + kBytesAhead;
    for (size_t byte = 0; byte < rows * row_bytes; byte += kLine) {
      __builtin_prefetch(ahead + byte);
    }
    ScoreVectors(query, from, rows, scores + i);
  }
}

}  // namespace akin
