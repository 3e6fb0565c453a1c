#include "index/table/codes.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "index/base/status_macros.h"

namespace akin {
namespace {

constexpr size_t kLine = 64;
constexpr size_t kSmallStride = 32;
constexpr float kMaxCode = 127;
constexpr size_t kBlockRows = 4096;

size_t StrideOf(size_t bytes) {
  return bytes <= kSmallStride ? kSmallStride
                               : (bytes + kLine - 1) / kLine * kLine;
}

float LongestRow(const Table& table) {
  if (table.metric() != Metric::kDot) {
    return table.metric() == Metric::kCosine ? 1.0f : 0.0f;
  }
  double longest = 0;
  for (size_t row = 0; row < table.rows(); ++row) {
    double sum = 0;
    for (const float x : table.SearchVector(static_cast<uint32_t>(row))) {
      sum += double{x} * x;
    }
    longest = std::max(longest, sum);
  }
  return static_cast<float>(std::sqrt(longest));
}

struct Ranges {
  explicit Ranges(size_t dimension)
      : low(dimension, std::numeric_limits<float>::max()),
        high(dimension, std::numeric_limits<float>::lowest()) {}
  void Include(const float* x) {
    for (size_t j = 0; j < low.size(); ++j) {
      low[j] = std::min(low[j], x[j]);
      high[j] = std::max(high[j], x[j]);
    }
  }
  void Include(const Ranges& other) {
    Include(other.low.data());
    Include(other.high.data());
  }
  std::vector<float> low;
  std::vector<float> high;
};

Ranges RangesOf(const Table& table, WorkerPool* pool) {
  const size_t rows = table.rows();
  const size_t blocks = (rows + kBlockRows - 1) / kBlockRows;
  std::vector<Ranges> parts(blocks, Ranges(table.dimension()));
  pool->ParallelFor(blocks, [&](size_t block) {
    const size_t end = std::min(rows, (block + 1) * kBlockRows);
    for (size_t row = block * kBlockRows; row < end; ++row) {
      parts[block].Include(
          table.SearchVector(static_cast<uint32_t>(row)).data());
    }
  });
  Ranges all(table.dimension());
  for (const Ranges& part : parts) all.Include(part);
  return all;
}

}  // namespace

Codes::Codes(const Table& table)
    : metric_(table.metric()),
      rows_(table.rows()),
      stride_(StrideOf(table.dimension() + (table.metric() == Metric::kL2
                                                ? sizeof(float)
                                                : size_t{0}))) {}

absl::StatusOr<Codes> Codes::Encode(const Table& table, WorkerPool* pool) {
  Codes codes(table);
  codes.longest_ = LongestRow(table);
  const size_t dimension = table.dimension();
  AKIN_RETURN_IF_ERROR(codes.data_.Reserve(codes.rows_ * codes.stride_));

  const Ranges ranges = RangesOf(table, pool);
  codes.scales_.resize(dimension);
  codes.offsets_.resize(dimension);
  for (size_t j = 0; j < dimension; ++j) {
    // Halves first: the range of two finite floats may be infinite.
    codes.offsets_[j] = ranges.low[j] / 2 + ranges.high[j] / 2;
    codes.scales_[j] = (ranges.high[j] / 2 - ranges.low[j] / 2) / kMaxCode;
  }
  codes.errors_.resize(codes.rows_);

  const size_t blocks = (codes.rows_ + kBlockRows - 1) / kBlockRows;
  pool->ParallelFor(blocks, [&](size_t block) {
    const size_t end = std::min(codes.rows_, (block + 1) * kBlockRows);
    for (size_t row = block * kBlockRows; row < end; ++row) {
      codes.EncodeRow(table.SearchVector(static_cast<uint32_t>(row)).data(),
                      row);
    }
  });
  return codes;
}

void Codes::EncodeRow(const float* x, size_t row) {
  int8_t* out = reinterpret_cast<int8_t*>(data_.data()) + row * stride_;
  double lost = 0;
  double kept = 0;
  for (size_t j = 0; j < scales_.size(); ++j) {
    const float steps =
        scales_[j] > 0 ? (x[j] - offsets_[j]) / scales_[j] : 0.0f;
    const float code = std::clamp(std::nearbyint(steps), -kMaxCode, kMaxCode);
    out[j] = static_cast<int8_t>(code);
    const double decoded = double{scales_[j]} * code;
    const double miss = double{x[j]} - offsets_[j] - decoded;
    lost += miss * miss;
    kept += decoded * decoded;
  }
  errors_[row] = std::nextafter(static_cast<float>(std::sqrt(lost)),
                                std::numeric_limits<float>::max());
  if (metric_ == Metric::kL2) {
    const float length = static_cast<float>(kept);
    std::memcpy(out + stride_ - sizeof(float), &length, sizeof(float));
  }
}

float Codes::SquaredLength(size_t row) const {
  if (metric_ != Metric::kL2) return 0;
  float length;
  std::memcpy(&length, Row(row) + stride_ - sizeof(float), sizeof(float));
  return length;
}

void Codes::Decode(size_t row, float* out) const {
  const int8_t* codes = Row(row);
  for (size_t j = 0; j < scales_.size(); ++j) {
    out[j] = offsets_[j] + scales_[j] * static_cast<float>(codes[j]);
  }
}

absl::Status Codes::Seal(SealedFileWriter* file) const {
  AKIN_RETURN_IF_ERROR(file->Add("codes", {data_.data(), rows_ * stride_}));
  AKIN_RETURN_IF_ERROR(file->AddNumbers("codes.scales", scales_));
  AKIN_RETURN_IF_ERROR(file->AddNumbers("codes.offsets", offsets_));
  AKIN_RETURN_IF_ERROR(file->AddNumbers("codes.errors", errors_));
  return file->AddNumbers("codes.longest",
                          absl::Span<const float>(&longest_, 1));
}

absl::StatusOr<Codes> Codes::Unseal(const SealedFile& file, const Table& table,
                                    WorkerPool* pool) {
  Codes codes(table);
  AKIN_ASSIGN_OR_RETURN(codes.data_,
                        file.Load("codes", codes.rows_ * codes.stride_, pool));
  codes.scales_.resize(table.dimension());
  codes.offsets_.resize(table.dimension());
  codes.errors_.resize(codes.rows_);
  AKIN_RETURN_IF_ERROR(file.ReadNumbers("codes.scales", table.dimension(),
                                        codes.scales_.data(), pool));
  AKIN_RETURN_IF_ERROR(file.ReadNumbers("codes.offsets", table.dimension(),
                                        codes.offsets_.data(), pool));
  AKIN_RETURN_IF_ERROR(file.ReadNumbers("codes.errors", codes.rows_,
                                        codes.errors_.data(), pool));
  AKIN_RETURN_IF_ERROR(
      file.ReadNumbers("codes.longest", 1, &codes.longest_, pool));
  const auto sound = [](float x) { return std::isfinite(x) && x >= 0; };
  const auto finite = [](float x) { return std::isfinite(x); };
  if (!std::all_of(codes.scales_.begin(), codes.scales_.end(), sound) ||
      !std::all_of(codes.offsets_.begin(), codes.offsets_.end(), finite) ||
      !std::all_of(codes.errors_.begin(), codes.errors_.end(), sound) ||
      !sound(codes.longest_)) {
    return file.Wrong("codes", "has a number that cannot be");
  }
  return codes;
}

}  // namespace akin
