#include "index/search/rows_index.h"

#include <algorithm>
#include <cmath>

#include "index/base/half.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

constexpr size_t kLine = 64;
constexpr size_t kChunk = 256;

size_t RoundUp(size_t n, size_t step) { return (n + step - 1) / step * step; }

double SquaredLength(absl::Span<const float> vector) {
  double sum = 0;
  for (const float x : vector) sum += double{x} * x;
  return sum;
}

uint16_t ClampedHalf(float value) {
  constexpr float kMaxHalf = 65504;
  return FloatToHalf(std::clamp(value, -kMaxHalf, kMaxHalf));
}

}  // namespace

RowsLayout RowsIndex::LayoutOf(size_t dimension, uint32_t bits) {
  RowsLayout layout;
  layout.bits = bits;
  layout.dimension = dimension;
  layout.padded_dimension = RoundUp(dimension, 16);
  const size_t per_group = 4 / bits;
  layout.groups = RoundUp((dimension + per_group - 1) / per_group, 4);
  layout.codes_at = layout.padded_dimension * sizeof(uint16_t);
  layout.factors_at = layout.codes_at + layout.groups * 16;
  layout.ids_at = layout.factors_at + 2 * kRowNeighbors * sizeof(uint16_t);
  layout.stride =
      RoundUp(layout.ids_at + kRowNeighbors * sizeof(uint32_t), kLine);
  return layout;
}

size_t RowsIndex::BytesPerRow(size_t dimension, Metric metric, uint32_t bits) {
  const size_t space = dimension + (metric == Metric::kDot ? 1 : 0);
  return LayoutOf(Rotation::DimensionFor(space), bits).stride;
}

void RowsIndex::Walk(absl::Span<const float> query, const WalkOptions& options,
                     WalkScratch* scratch) const {
  thread_local RowsQuery rows_query;
  Prepare(query, &rows_query);
  RowsWalk(view(), rows_query, options, scratch);
}

RowsIndex::RowsIndex(const Table& table, const Graph& graph, uint32_t bits)
    : rows_(table.rows()),
      metric_(table.metric()),
      dimension_(table.dimension() + (table.metric() == Metric::kDot ? 1 : 0)),
      bits_(bits),
      rotation_(dimension_),
      layout_(LayoutOf(rotation_.dimension(), bits)),
      entries_(graph.entries) {}

absl::StatusOr<RowsIndex> RowsIndex::Build(const Table& table,
                                           const Graph& graph, uint32_t bits,
                                           WorkerPool* pool) {
  RowsIndex index(table, graph, bits);
  index.FindCentre(table);
  AKIN_RETURN_IF_ERROR(index.WriteVectors(table, pool));
  index.WriteNeighbors(graph, pool);
  index.WriteEntries();
  return index;
}

// The mean, and a scale that brings the rows' distances from it to 1: halves
// are then neither too large nor too small.
void RowsIndex::FindCentre(const Table& table) {
  const size_t width = table.dimension();
  std::vector<double> sum(dimension_, 0);
  double squares = 0;
  if (metric_ == Metric::kDot) {
    for (size_t row = 0; row < rows_; ++row) {
      longest_ = std::max(
          longest_,
          SquaredLength(table.SearchVector(static_cast<uint32_t>(row))));
    }
  }
  for (size_t row = 0; row < rows_; ++row) {
    const auto vector = table.SearchVector(static_cast<uint32_t>(row));
    const double length = SquaredLength(vector);
    for (size_t j = 0; j < width; ++j) sum[j] += vector[j];
    if (metric_ == Metric::kDot) {
      sum[width] += std::sqrt(std::max(0.0, longest_ - length));
      squares += longest_;
    } else {
      squares += length;
    }
  }
  longest_ = std::sqrt(longest_);
  mean_.resize(dimension_);
  double mean_square = squares / static_cast<double>(rows_);
  for (size_t j = 0; j < dimension_; ++j) {
    const double mean = sum[j] / static_cast<double>(rows_);
    mean_[j] = static_cast<float>(mean);
    mean_square -= mean * mean;
  }
  scale_ = mean_square > 1e-36 ? static_cast<float>(1 / std::sqrt(mean_square))
                               : 1.0f;
}

void RowsIndex::ToSpace(absl::Span<const float> vector, float complement,
                        std::vector<float>* scratch, float* out) const {
  scratch->resize(dimension_ + rotation_.scratch_size());
  float* x = scratch->data();
  for (size_t j = 0; j < vector.size(); ++j) {
    x[j] = (vector[j] - mean_[j]) * scale_;
  }
  if (metric_ == Metric::kDot) {
    x[vector.size()] = (complement - mean_[vector.size()]) * scale_;
  }
  rotation_.Apply(x, x + dimension_, out);
}

absl::Status RowsIndex::WriteVectors(const Table& table, WorkerPool* pool) {
  AKIN_RETURN_IF_ERROR(data_.Reserve(rows_ * layout_.stride));
  pool->ParallelFor((rows_ + kChunk - 1) / kChunk, [&](size_t chunk) {
    std::vector<float> scratch;
    std::vector<float> rotated(layout_.padded_dimension, 0);
    const size_t end = std::min(rows_, (chunk + 1) * kChunk);
    for (size_t row = chunk * kChunk; row < end; ++row) {
      const auto vector = table.SearchVector(static_cast<uint32_t>(row));
      float complement = 0;
      if (metric_ == Metric::kDot) {
        complement = static_cast<float>(std::sqrt(
            std::max(0.0, longest_ * longest_ - SquaredLength(vector))));
      }
      ToSpace(vector, complement, &scratch, rotated.data());
      auto* out =
          reinterpret_cast<uint16_t*>(data_.data() + row * layout_.stride);
      for (size_t j = 0; j < layout_.padded_dimension; ++j) {
        out[j] = ClampedHalf(rotated[j]);
      }
    }
  });
  return absl::OkStatus();
}

void RowsIndex::WriteNeighbors(const Graph& graph, WorkerPool* pool) {
  pool->ParallelFor((rows_ + kChunk - 1) / kChunk, [&](size_t chunk) {
    const size_t end = std::min(rows_, (chunk + 1) * kChunk);
    for (size_t row = chunk * kChunk; row < end; ++row) {
      WriteRowNeighbors(layout_, data_.data(), static_cast<uint32_t>(row),
                        graph.Links(row));
    }
  });
}

// Of the graph's entries as many as fit into a few pages.
void RowsIndex::WriteEntries() {
  constexpr size_t kEntryBytes = size_t{16} << 10;
  const size_t width = layout_.padded_dimension;
  const size_t count =
      std::max<size_t>(1, kEntryBytes / (width * sizeof(uint16_t)));
  if (entries_.size() > count) entries_.resize(count);
  entry_vectors_.resize(entries_.size() * width);
  for (size_t i = 0; i < entries_.size(); ++i) {
    const auto* from = reinterpret_cast<const uint16_t*>(
        data_.data() + size_t{entries_[i]} * layout_.stride);
    std::copy_n(from, width, entry_vectors_.data() + i * width);
  }
}

RowsView RowsIndex::view() const {
  return {layout_,         data_.data(),          rows_,
          entries_.data(), entry_vectors_.data(), entries_.size()};
}

void RowsIndex::Prepare(absl::Span<const float> vector,
                        RowsQuery* query) const {
  query->rotated.assign(layout_.padded_dimension, 0);
  if (metric_ != Metric::kDot) {
    ToSpace(vector, 0, &query->scratch, query->rotated.data());
  } else {
    // Any positive multiple of the query has the same neighbours; one as long
    // as the rows keeps their differences well above rounding.
    const double length = std::sqrt(SquaredLength(vector));
    const float stretch =
        length > 0 ? static_cast<float>(longest_ / length) : 1.0f;
    query->stretched.resize(vector.size());
    for (size_t j = 0; j < vector.size(); ++j) {
      query->stretched[j] = vector[j] * stretch;
    }
    ToSpace(query->stretched, 0, &query->scratch, query->rotated.data());
  }
  MakeLookup(layout_, query);
}

}  // namespace akin
