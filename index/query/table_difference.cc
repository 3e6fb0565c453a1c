#include "index/query/table_difference.h"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "index/base/status_macros.h"
#include "index/query/percentile.h"
#include "index/table/table_builder.h"

namespace akin {
namespace {

// Ids looked up between two looks at the signal: less than a millisecond.
constexpr uint32_t kIdsPerLook = 1024;

absl::Status CheckNotStopped(const StopSignal* stop, const Table& table) {
  if (stop == nullptr || !stop->Stopped()) return absl::OkStatus();
  if (stop->Cancelled()) {
    return absl::CancelledError(absl::StrCat("the comparison of table ",
                                             table.name(),
                                             " was cancelled by its caller"));
  }
  return absl::DeadlineExceededError(absl::StrCat(
      "the deadline passed before table ", table.name(), " was compared"));
}

// A sample of a stream, in random order: Vitter, "Random sampling with a
// reservoir" (1985), algorithm R, and a shuffle (Fisher and Yates). The
// standard's distributions are not the same everywhere.
class Reservoir {
 public:
  explicit Reservoir(uint64_t seed) : random_(seed) {}

  void Offer(SharedRow row) {
    ++offered_;
    if (sample_.size() < kSampledIds) {
      sample_.push_back(row);
    } else if (const uint64_t at = random_() % offered_; at < kSampledIds) {
      sample_[at] = row;
    }
  }
  uint64_t offered() const { return offered_; }

  std::vector<SharedRow> Take() && {
    for (size_t i = sample_.size(); i > 1; --i) {
      std::swap(sample_[i - 1], sample_[random_() % i]);
    }
    return std::move(sample_);
  }

 private:
  std::mt19937_64 random_;
  uint64_t offered_ = 0;
  std::vector<SharedRow> sample_;
};

// The first ids of `table` that `other` does not have. `missing` is how many
// there are, so that nothing is looked up for those that are not named.
absl::StatusOr<std::vector<std::string>> SomeMissing(const Table& table,
                                                     const Table& other,
                                                     uint64_t missing,
                                                     const StopSignal* stop) {
  std::vector<std::string> some;
  const size_t wanted = std::min<uint64_t>(missing, kNamedIds);
  for (uint32_t row = 0; row < table.rows() && some.size() < wanted; ++row) {
    if (row % kIdsPerLook == 0) {
      AKIN_RETURN_IF_ERROR(CheckNotStopped(stop, table));
    }
    const absl::string_view id = table.ids().Id(row);
    if (!other.ids().Find(id).has_value()) some.emplace_back(id);
  }
  return some;
}

absl::StatusOr<double> NormRatio(const Table& before, const Table& after,
                                 absl::Span<const SharedRow> rows,
                                 const StopSignal* stop) {
  std::vector<float> vector_before(before.dimension());
  std::vector<float> vector_after(after.dimension());
  std::vector<double> ratios;
  ratios.reserve(rows.size());
  for (const SharedRow& row : rows) {
    AKIN_RETURN_IF_ERROR(CheckNotStopped(stop, after));
    before.CopyOriginal(row.before, absl::MakeSpan(vector_before));
    after.CopyOriginal(row.after, absl::MakeSpan(vector_after));
    const double length_before = Length(vector_before);
    const double length_after = Length(vector_after);
    if (length_before > 0 && length_after > 0) {
      ratios.push_back(length_after / length_before);
    }
  }
  return Percentile(std::move(ratios), 50);
}

}  // namespace

absl::StatusOr<TableDifference> CompareTables(const Table& before,
                                              const Table& after, uint64_t seed,
                                              const StopSignal* stop) {
  TableDifference difference;
  Reservoir shared(seed);
  for (uint32_t row = 0; row < before.rows(); ++row) {
    if (row % kIdsPerLook == 0) {
      AKIN_RETURN_IF_ERROR(CheckNotStopped(stop, before));
    }
    const absl::string_view id = before.ids().Id(row);
    if (const std::optional<uint32_t> found = after.ids().Find(id)) {
      shared.Offer({row, *found});
    } else if (difference.some_lost.size() < kNamedIds) {
      difference.some_lost.emplace_back(id);
    }
  }
  difference.ids_lost = before.rows() - shared.offered();
  difference.ids_added = after.rows() - shared.offered();
  AKIN_ASSIGN_OR_RETURN(difference.some_added,
                        SomeMissing(after, before, difference.ids_added, stop));
  difference.sample = std::move(shared).Take();
  AKIN_ASSIGN_OR_RETURN(difference.norm_ratio,
                        NormRatio(before, after, difference.sample, stop));
  return difference;
}

}  // namespace akin
