#include "index/search/rows_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

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

size_t RowsFor(size_t neighbors) {
  return (neighbors + kRowNeighbors - 1) / kRowNeighbors;
}

// As many of rows[begin .. end - 1] as a row has neighbours, then kNoRow.
std::array<uint32_t, kRowNeighbors> NeighborsFrom(
    const std::vector<uint32_t>& rows, size_t begin, size_t end) {
  std::array<uint32_t, kRowNeighbors> neighbors;
  neighbors.fill(kNoRow);
  end = std::min({end, rows.size(), begin + kRowNeighbors});
  for (size_t i = begin; i < end; ++i) neighbors[i - begin] = rows[i];
  return neighbors;
}

uint8_t CountOf(const std::array<uint32_t, kRowNeighbors>& neighbors) {
  return static_cast<uint8_t>(
      std::find(neighbors.begin(), neighbors.end(), kNoRow) -
      neighbors.begin());
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

size_t RowsIndex::BytesPerRow(size_t dimension, uint32_t bits) {
  return LayoutOf(Rotation::DimensionFor(dimension), bits).stride;
}

void RowsIndex::Walk(absl::Span<const float> query, const WalkOptions& options,
                     WalkScratch* scratch) const {
  thread_local RowsQuery rows_query;
  Prepare(query, &rows_query);
  RowsWalk(view(), rows_query, options, scratch);
}

RowsIndex::RowsIndex(const Table& table, Rotation rotation, uint32_t bits)
    : rows_(table.rows()),
      metric_(table.metric()),
      dimension_(table.dimension()),
      rotation_(std::move(rotation)),
      layout_(LayoutOf(rotation_.dimension(), bits)) {}

absl::StatusOr<RowsIndex> RowsIndex::Build(const Table& table,
                                           const Graph& graph, uint32_t bits,
                                           WorkerPool* pool) {
  RowsIndex index(table, Rotation(table.dimension()), bits);
  index.FindCentre(table);
  AKIN_RETURN_IF_ERROR(index.WriteVectors(table, pool));
  index.WriteNeighbors(graph, pool);
  AKIN_RETURN_IF_ERROR(index.WriteEntries(graph.entries));
  return index;
}

// The mean, and a scale that brings the rows' distances from it to 1: halves
// are then neither too large nor too small. Inner products are not the same
// from another centre, so under dot it stays where it is.
void RowsIndex::FindCentre(const Table& table) {
  std::vector<double> sum(dimension_, 0);
  double squares = 0;
  double longest = 0;
  for (size_t row = 0; row < rows_; ++row) {
    const auto vector = table.SearchVector(static_cast<uint32_t>(row));
    const double length = SquaredLength(vector);
    for (size_t j = 0; j < dimension_; ++j) sum[j] += vector[j];
    squares += length;
    longest = std::max(longest, length);
  }
  longest_ = std::sqrt(longest);
  mean_.resize(dimension_);
  double mean_square = squares / static_cast<double>(rows_);
  for (size_t j = 0; j < dimension_ && metric_ != Metric::kDot; ++j) {
    const double mean = sum[j] / static_cast<double>(rows_);
    mean_[j] = static_cast<float>(mean);
    mean_square -= mean * mean;
  }
  scale_ = mean_square > 1e-36 ? static_cast<float>(1 / std::sqrt(mean_square))
                               : 1.0f;
}

void RowsIndex::ToSpace(absl::Span<const float> vector,
                        std::vector<float>* scratch, float* out) const {
  scratch->resize(dimension_ + rotation_.scratch_size());
  float* x = scratch->data();
  for (size_t j = 0; j < vector.size(); ++j) {
    x[j] = (vector[j] - mean_[j]) * scale_;
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
      ToSpace(table.SearchVector(static_cast<uint32_t>(row)), &scratch,
              rotated.data());
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
      WriteRowNeighbors(view(), static_cast<uint32_t>(row), graph.Links(row),
                        data_.data() + row * layout_.stride);
    }
  });
}

absl::Status RowsIndex::WriteEntries(const Entries& entries) {
  const size_t groups = entries.leaders.size();
  leader_rows_ = RowsFor(groups);
  group_begins_.assign(1, static_cast<uint32_t>(leader_rows_));
  for (size_t g = 0; g < groups; ++g) {
    group_begins_.push_back(group_begins_.back() +
                            static_cast<uint32_t>(RowsFor(
                                entries.begins[g + 1] - entries.begins[g])));
  }
  AKIN_RETURN_IF_ERROR(entries_.Reserve(group_begins_.back() * layout_.stride));
  entry_counts_.resize(group_begins_.back());
  for (size_t i = 0; i < leader_rows_; ++i) WriteLeaders(entries, i);
  for (size_t g = 0; g < groups; ++g) WriteGroup(entries, g);
  return absl::OkStatus();
}

void RowsIndex::WriteLeaders(const Entries& entries, size_t at) {
  const size_t begin = at * kRowNeighbors;
  char* row = entries_.data() + at * layout_.stride;
  const auto neighbors =
      NeighborsFrom(entries.leaders, begin, entries.leaders.size());
  WriteRowNeighbors(view(), 0, neighbors.data(), row);
  entry_counts_[at] = CountOf(neighbors);
  auto* ids = reinterpret_cast<uint32_t*>(row + layout_.ids_at);
  for (size_t j = 0; j < kRowNeighbors; ++j) {
    ids[j] = neighbors[j] == kNoRow ? 0 : static_cast<uint32_t>(begin + j);
  }
}

void RowsIndex::WriteGroup(const Entries& entries, size_t group) {
  const uint32_t leader = entries.leaders[group];
  size_t begin = entries.begins[group];
  for (size_t at = group_begins_[group]; at < group_begins_[group + 1]; ++at) {
    char* row = entries_.data() + at * layout_.stride;
    std::copy_n(data_.data() + size_t{leader} * layout_.stride,
                layout_.codes_at, row);
    const auto neighbors =
        NeighborsFrom(entries.rows, begin, entries.begins[group + 1]);
    WriteRowNeighbors(view(), leader, neighbors.data(), row);
    entry_counts_[at] = CountOf(neighbors);
    begin += kRowNeighbors;
  }
}

RowsView RowsIndex::view() const {
  return {layout_,
          metric_ == Metric::kDot,
          data_.data(),
          rows_,
          entries_.data(),
          leader_rows_,
          group_begins_.data(),
          entry_counts_.data()};
}

void RowsIndex::Prepare(absl::Span<const float> vector,
                        RowsQuery* query) const {
  query->rotated.assign(layout_.padded_dimension, 0);
  if (metric_ != Metric::kDot) {
    ToSpace(vector, &query->scratch, query->rotated.data());
    query->own_base = static_cast<float>(SquaredLength(query->rotated));
  } else {
    // Any positive multiple of the query has the same neighbours. With one as
    // long as the rows, estimates are wrong by |q - c|, not |q|.
    const double length = std::sqrt(SquaredLength(vector));
    const float stretch =
        length > 0 ? static_cast<float>(longest_ / length) : 1.0f;
    query->stretched.resize(vector.size());
    for (size_t j = 0; j < vector.size(); ++j) {
      query->stretched[j] = vector[j] * stretch;
    }
    ToSpace(query->stretched, &query->scratch, query->rotated.data());
    const double reach = longest_ * scale_;
    query->own_base = static_cast<float>(2 * reach * reach);
  }
  MakeLookup(layout_, query);
}

}  // namespace akin
