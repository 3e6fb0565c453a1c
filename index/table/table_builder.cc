#include "index/table/table_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

constexpr uint64_t kReservedRows = uint64_t{1} << 20;

}  // namespace

double Length(absl::Span<const float> vector) {
  // In double: the squares of floats neither overflow nor vanish.
  double sum = 0;
  for (const float v : vector) sum += static_cast<double>(v) * v;
  return std::sqrt(sum);
}

double Normalise(absl::Span<float> vector) {
  const double norm = Length(vector);
  if (norm == 0) return 0;
  const double scale = 1 / norm;
  for (float& v : vector) v = static_cast<float>(v * scale);
  return norm;
}

int64_t FindNotFinite(absl::Span<const float> values) {
  // x * 0 is 0 for every finite x and NaN for all others, and a sum keeps a
  // NaN: one pass without branches, a second one only to name the place.
  float sum = 0;
  for (const float v : values) sum += v * 0.0f;
  if (sum == 0.0f) return -1;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) return static_cast<int64_t>(i);
  }
  return -1;
}

TableBuilder::TableBuilder(std::string name, uint32_t dimension,
                           const TableOptions& options)
    : name_(std::move(name)), dimension_(dimension), options_(options) {}

absl::Status TableBuilder::Reserve(uint64_t rows) {
  if (rows > kMaxRows) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "table has ", rows, " rows, at most ", kMaxRows, " are possible"));
  }
  AKIN_RETURN_IF_ERROR(vectors_.Reserve(rows * dimension_ * sizeof(float)));
  // Pages not written cost nothing, but these would: beyond a while they grow.
  const size_t soon = std::min<uint64_t>(rows, kReservedRows);
  ids_.Reserve(soon);
  if (options_.metric == Metric::kCosine) norms_.reserve(soon);
  return absl::OkStatus();
}

absl::StatusOr<absl::Span<float>> TableBuilder::NextRow() {
  if (ids_.size() >= kMaxRows) {
    return absl::ResourceExhaustedError(
        absl::StrCat("table has more than ", kMaxRows, " rows"));
  }
  const size_t row_bytes = dimension_ * sizeof(float);
  const size_t begin = ids_.size() * row_bytes;
  if (begin + row_bytes > vectors_.capacity()) {
    AKIN_RETURN_IF_ERROR(
        vectors_.Reserve(std::max(begin + row_bytes, vectors_.capacity() * 2)));
  }
  return absl::Span<float>(reinterpret_cast<float*>(vectors_.data() + begin),
                           dimension_);
}

std::optional<TableBuilder::BadRow> TableBuilder::CheckId(
    absl::string_view id) const {
  if (id.empty()) return BadRow{RowFault::kEmptyId, "has an empty id"};
  if (id.size() > kMaxIdBytes) {
    return BadRow{RowFault::kLongId,
                  absl::StrCat("has an id of ", id.size(), " bytes, at most ",
                               kMaxIdBytes, " are taken")};
  }
  return std::nullopt;
}

std::optional<TableBuilder::BadRow> TableBuilder::Commit(absl::string_view id) {
  if (!IsValidUtf8(id)) {
    if (options_.utf8 == Utf8Policy::kStrict) {
      return BadRow{RowFault::kInvalidUtf8,
                    absl::StrCat("has an id that is not UTF-8: \"",
                                 absl::CHexEscape(id.substr(0, 64)), "\"")};
    }
    return Keep(RepairUtf8(id, options_.utf8));
  }
  return Keep(id);
}

std::optional<TableBuilder::BadRow> TableBuilder::Keep(absl::string_view id) {
  if (std::optional<BadRow> bad = CheckId(id)) return bad;
  float* row =
      reinterpret_cast<float*>(vectors_.data()) + ids_.size() * dimension_;
  const absl::Span<float> values(row, dimension_);
  if (const int64_t at = FindNotFinite(values); at >= 0) {
    return BadRow{RowFault::kNotFinite,
                  absl::StrCat("has ", values[at], " as number ", at + 1,
                               ", expected finite numbers")};
  }
  double norm = Length(values);
  if (options_.metric != Metric::kCosine && norm > kMaxComparedLength) {
    return BadRow{RowFault::kNotFinite,
                  absl::StrCat("has a length of ", norm, ", more than ",
                               kMaxComparedLength,
                               ": scores would not fit into a float")};
  }
  if (options_.metric == Metric::kCosine) {
    norm = Normalise(values);
    if (norm == 0) {
      return BadRow{RowFault::kZeroVector,
                    "is a zero vector, which has no direction for cosine"};
    }
    if (norm > std::numeric_limits<float>::max()) {
      return BadRow{
          RowFault::kNotFinite,
          absl::StrCat("has a length of ", norm, ", more than a float holds")};
    }
  }
  if (!ids_.Add(id)) {
    return BadRow{RowFault::kDuplicateId,
                  absl::StrCat("has the id \"", absl::Utf8SafeCEscape(id),
                               "\" a second time")};
  }
  min_norm_ = ids_.size() == 1 ? norm : std::min(min_norm_, norm);
  max_norm_ = std::max(max_norm_, norm);
  if (options_.metric == Metric::kCosine) {
    norms_.push_back(static_cast<float>(norm));
  }
  return std::nullopt;
}

Table TableBuilder::Build() && {
  vectors_.ShrinkTo(ids_.size() * dimension_ * sizeof(float));
  ids_.ShrinkToFit();
  norms_.shrink_to_fit();
  return Table(name_, options_.metric, dimension_, std::move(ids_),
               std::move(vectors_), std::move(norms_));
}

}  // namespace akin
