#include "index/tool/load_progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "index/base/row_fault.h"
#include "index/tool/remaining_time.h"

namespace akin {
namespace {

constexpr absl::Duration kBarEvery = absl::Milliseconds(100);
constexpr int kBarCells = 30;

std::string DescribeSkipped(const LoadReport& report) {
  std::string text;
  for (int i = 0; i < kRowFaultKinds; ++i) {
    if (report.skipped[i] == 0) continue;
    absl::StrAppend(&text, text.empty() ? ", left out: " : ", ",
                    report.skipped[i], " ",
                    RowFaultName(static_cast<RowFault>(i)));
  }
  return text;
}

// What is known of an index before it is built.
std::string DescribePlan(const IndexPlan& plan) {
  return absl::StrFormat(
      "%s, %d bytes a vector, up to %.1f MiB more while it builds, recall@10 "
      "levels off at %.3f to %.3f",
      DescribeLayout(plan), plan.bytes_per_vector(),
      static_cast<double>(plan.peak_bytes) / (1 << 20), plan.recall.low,
      plan.recall.high);
}

// What it costs to answer, and why the index is what it is.
std::string DescribeCosts(const IndexedTable& indexed) {
  const LoadReport& report = indexed.report();
  const bool graph = indexed.index().kind() == IndexKind::kGraph;
  std::string text;
  if (report.recall_at_10.has_value()) {
    absl::StrAppendFormat(&text, ", graph in %.2f s with recall@10 %.3f%s",
                          report.index_seconds, *report.recall_at_10,
                          graph ? "" : ", dropped as exact search is faster");
  }
  if (report.exact_microseconds.has_value()) {
    absl::StrAppendFormat(&text, ", exact %.0f us", *report.exact_microseconds);
  }
  if (report.graph_microseconds.has_value()) {
    absl::StrAppendFormat(&text, ", graph %.0f us", *report.graph_microseconds);
  }
  return text;
}

std::string DescribeTable(const IndexedTable& indexed) {
  const Table& table = indexed.table();
  const LoadReport& report = indexed.report();
  return absl::StrFormat(
      "%d x %d, %s, %s index%s, %.1f MiB, read in %.2f s as %s%s%s",
      table.rows(), table.dimension(), MetricName(table.metric()),
      indexed.index().kind() == IndexKind::kGraph ? "graph" : "exact",
      report.layout.empty() ? "" : absl::StrCat(" (", report.layout, ")"),
      static_cast<double>(indexed.memory_bytes()) / (1 << 20),
      report.read_seconds, report.format, DescribeCosts(indexed),
      DescribeSkipped(report));
}

}  // namespace

absl::string_view LoadStageName(LoadStage stage) {
  switch (stage) {
    case LoadStage::kReading:
      return "reading";
    case LoadStage::kIndexing:
      return "building the graph";
    case LoadStage::kCalibrating:
      return "measuring recall against exact search";
  }
  return "";
}

LoadProgressPrinter::LoadProgressPrinter(absl::string_view model, Say say)
    : model_(model),
      say_(std::move(say)),
      terminal_(isatty(STDERR_FILENO) == 1) {}

LoadProgressPrinter::~LoadProgressPrinter() { ClearBar(); }

void LoadProgressPrinter::Show(const LoadProgress& progress) {
  if (terminal_) {
    ShowBar(progress);
  } else {
    ShowLine(progress);
  }
}

bool LoadProgressPrinter::IsNewStage(const LoadProgress& progress) {
  std::string stage = absl::StrCat(model_, "/", progress.table, ": ",
                                   LoadStageName(progress.stage));
  if (stage == stage_) return false;
  stage_ = std::move(stage);
  stage_begin_ = absl::Now();
  time_left_said_ = false;
  return true;
}

std::string LoadProgressPrinter::TimeLeft(const LoadProgress& progress) const {
  return RemainingText(
      RemainingTime(absl::Now() - stage_begin_, progress.done, progress.total));
}

void LoadProgressPrinter::ShowBar(const LoadProgress& progress) {
  IsNewStage(progress);
  const absl::Time now = absl::Now();
  if (now - shown_ < kBarEvery) return;
  shown_ = now;
  std::string bar;
  if (progress.total > 0) {
    // A file may grow while it is read.
    const uint64_t done = std::min(progress.done, progress.total);
    const auto cells = static_cast<int>(done * kBarCells / progress.total);
    for (int i = 0; i < kBarCells; ++i) bar += i < cells ? "█" : "░";
    absl::StrAppendFormat(&bar, " %3d%%%s", done * 100 / progress.total,
                          TimeLeft(progress));
  } else {
    bar = "...";
  }
  absl::FPrintF(stderr, "\r\x1b[K%s %s", stage_, bar);
  std::fflush(stderr);
}

void LoadProgressPrinter::ShowLine(const LoadProgress& progress) {
  if (!IsNewStage(progress)) {
    // Once, when there is enough of it to wait for.
    constexpr uint64_t kFirstPart = 4;
    if (time_left_said_ || progress.done < progress.total / kFirstPart) return;
    const std::string left = TimeLeft(progress);
    if (left.empty()) return;
    time_left_said_ = true;
    return say_(absl::StrCat(stage_, left));
  }
  say_(stage_);
  if (progress.stage == LoadStage::kIndexing && progress.plan != nullptr) {
    say_(absl::StrCat(model_, "/", progress.table, ": ",
                      DescribePlan(*progress.plan)));
  }
}

void LoadProgressPrinter::ClearBar() {
  if (terminal_) std::fputs("\r\x1b[K", stderr);
}

void LoadProgressPrinter::Done(const Version& version) {
  ClearBar();
  for (const auto& table : version.tables()) {
    say_(absl::StrCat(model_, "/", table->table().name(), ": ",
                      DescribeTable(*table)));
  }
}

}  // namespace akin
