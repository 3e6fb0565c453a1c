#include "index/version/read_table.h"

#include <array>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

constexpr size_t kShownBadRows = 5;
constexpr uint64_t kProgressRows = 4096;

// Counts bad rows and keeps the first few to show.
class BadRows {
 public:
  void Add(const SourceRow& row, RowFault fault, const std::string& detail) {
    ++counts_[static_cast<size_t>(fault)];
    if (shown_.size() < kShownBadRows) {
      shown_.push_back(absl::StrCat(row.unit, " ", row.position, " ", detail));
    }
  }

  uint64_t total() const {
    return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0});
  }
  const std::array<uint64_t, kRowFaultKinds>& counts() const { return counts_; }

  absl::Status ToStatus(const std::string& path) const {
    const uint64_t more = total() - shown_.size();
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": ", total(), total() == 1 ? " bad row: " : " bad rows: ",
        absl::StrJoin(shown_, "; "),
        more == 0 ? "" : absl::StrCat("; and ", more, " more"),
        " (--on-bad-row skip leaves bad rows out)"));
  }

 private:
  std::array<uint64_t, kRowFaultKinds> counts_{};
  std::vector<std::string> shown_;
};

}  // namespace

absl::StatusOr<Table> ReadTable(const std::string& name,
                                const std::string& path, VectorSource* source,
                                const ReadOptions& options,
                                const ReadProgress& progress,
                                LoadReport* report) {
  TableBuilder builder(name, source->dimension(), options.table);
  if (const std::optional<uint64_t> rows = source->announced_rows()) {
    AKIN_RETURN_IF_ERROR(builder.Reserve(*rows));
  }
  BadRows bad;
  SourceRow row;
  for (uint64_t n = 0;; ++n) {
    if (progress && n % kProgressRows == 0 && !progress(builder.rows())) {
      return absl::CancelledError(
          absl::StrCat(path, ": reading was cancelled"));
    }
    AKIN_ASSIGN_OR_RETURN(const absl::Span<float> values, builder.NextRow());
    AKIN_ASSIGN_OR_RETURN(const VectorSource::Outcome outcome,
                          source->Next(values, &row));
    if (outcome == VectorSource::Outcome::kEnd) break;
    if (outcome == VectorSource::Outcome::kBadRow) {
      bad.Add(row, row.fault, row.detail);
    } else if (auto fault = builder.Commit(row.id)) {
      bad.Add(row, fault->fault, fault->detail);
    }
  }
  if (bad.total() > 0 && options.on_bad_row == OnBadRow::kFail) {
    return bad.ToStatus(path);
  }
  if (builder.rows() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": holds no row to serve (", bad.total(), " bad rows)"));
  }
  report->format = std::string(source->format());
  report->skipped = bad.counts();
  report->min_norm = builder.min_norm();
  report->max_norm = builder.max_norm();
  return std::move(builder).Build();
}

}  // namespace akin
