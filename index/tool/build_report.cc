#include "index/tool/build_report.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace akin {
namespace {

double Mebibytes(uint64_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

}  // namespace

uint64_t PeakMemory() {
  struct rusage used = {};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<uint64_t>(used.ru_maxrss) << 10;
}

void BuildReport::Step(BuildStep step) {
  steps_.emplace_back(step, absl::Now());
}

void BuildReport::Progress(const LoadProgress& progress) {
  const absl::Time before = std::exchange(last_, absl::Now());
  if (progress.plan == nullptr) return;
  const auto [at, first] = planned_.try_emplace(std::string(progress.table));
  at->second.plan = *progress.plan;
  at->second.end = last_;
  // Its index was begun when what came before had ended.
  if (first) at->second.begin = before;
}

void BuildReport::Loaded(const Version& version) {
  for (const auto& table : version.tables()) {
    tables_.push_back(DescribeTable(*table));
  }
}

std::string BuildReport::DescribeTable(const IndexedTable& indexed) const {
  const LoadReport& report = indexed.report();
  std::string memory =
      absl::StrFormat("%.0f bytes a vector", indexed.bytes_per_vector());
  std::string time = absl::StrFormat("read in %.2f s", report.read_seconds);
  const auto found = planned_.find(indexed.table().name());
  if (found != planned_.end()) {
    const Planned& planned = found->second;
    absl::StrAppendFormat(
        &memory,
        " (%d expected of %s), %.1f MiB expected beside it while it was built",
        planned.plan.bytes_per_vector(),
        indexed.index().kind() == IndexKind::kGraph ? "the graph"
                                                    : "the graph that was left",
        Mebibytes(planned.plan.peak_bytes));
    const double both = absl::ToDoubleSeconds(planned.end - planned.begin);
    absl::StrAppendFormat(&time, ", graph in %.2f s, measured in %.2f s",
                          report.index_seconds,
                          std::max(0.0, both - report.index_seconds));
  }
  return absl::StrCat(indexed.table().name(), ": ", memory, "; ", time);
}

std::vector<std::string> BuildReport::Lines() {
  const absl::Time end = absl::Now();
  std::string steps;
  for (size_t i = 0; i < steps_.size(); ++i) {
    const absl::Time next = i + 1 < steps_.size() ? steps_[i + 1].second : end;
    absl::StrAppendFormat(&steps, "%s%s %.2f s", i > 0 ? ", " : "",
                          BuildStepName(steps_[i].first),
                          absl::ToDoubleSeconds(next - steps_[i].second));
  }
  std::vector<std::string> lines = tables_;
  lines.push_back(absl::StrFormat(
      "%.2f s in all (%s), %.1f MiB of memory at most",
      steps_.empty() ? 0.0 : absl::ToDoubleSeconds(end - steps_.front().second),
      steps, Mebibytes(PeakMemory())));
  return lines;
}

}  // namespace akin
