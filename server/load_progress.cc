#include "server/load_progress.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "index/base/row_fault.h"

namespace akin::server {
namespace {

constexpr absl::Duration kBarEvery = absl::Milliseconds(100);
constexpr int kBarCells = 30;

absl::string_view StageName(LoadStage stage) {
  switch (stage) {
    case LoadStage::kReading:
      return "reading";
    case LoadStage::kIndexing:
      return "building the graph";
    case LoadStage::kChecking:
      return "checking against exact search";
  }
  return "";
}

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

std::string DescribeTable(const IndexedTable& indexed) {
  const Table& table = indexed.table();
  const LoadReport& report = indexed.report();
  std::string text = absl::StrFormat(
      "%d x %d, %s, %s index, %.1f MiB, read in %.2f s as %s", table.rows(),
      table.dimension(), MetricName(table.metric()),
      indexed.index().kind() == IndexKind::kGraph ? "graph" : "exact",
      static_cast<double>(indexed.memory_bytes()) / (1 << 20),
      report.read_seconds, report.format);
  if (report.recall_at_10.has_value()) {
    absl::StrAppendFormat(&text, ", graph in %.2f s with recall@10 %.3f%s",
                          report.index_seconds, *report.recall_at_10,
                          indexed.index().kind() == IndexKind::kGraph
                              ? ""
                              : ", too low, so dropped for exact search");
  }
  return text + DescribeSkipped(report);
}

}  // namespace

LoadProgressPrinter::LoadProgressPrinter(absl::string_view model)
    : model_(model), terminal_(isatty(STDERR_FILENO) == 1) {}

LoadProgressPrinter::~LoadProgressPrinter() { ClearBar(); }

void LoadProgressPrinter::Show(const LoadProgress& progress) {
  if (terminal_) {
    ShowBar(progress);
  } else {
    ShowLine(progress);
  }
}

void LoadProgressPrinter::ShowBar(const LoadProgress& progress) {
  const absl::Time now = absl::Now();
  if (now - shown_ < kBarEvery) return;
  shown_ = now;
  std::string bar;
  if (progress.total > 0) {
    // A file may grow while it is read.
    const uint64_t done = std::min(progress.done, progress.total);
    const auto cells = static_cast<int>(done * kBarCells / progress.total);
    for (int i = 0; i < kBarCells; ++i) bar += i < cells ? "█" : "░";
    absl::StrAppendFormat(&bar, " %3d%%", done * 100 / progress.total);
  } else {
    bar = "...";
  }
  absl::FPrintF(stderr, "\r\x1b[K%s/%s: %s %s", model_, progress.table,
                StageName(progress.stage), bar);
  std::fflush(stderr);
}

void LoadProgressPrinter::ShowLine(const LoadProgress& progress) {
  std::string stage = absl::StrCat(model_, "/", progress.table, ": ",
                                   StageName(progress.stage));
  if (stage == stage_) return;
  stage_ = std::move(stage);
  spdlog::info("{}", stage_);
}

void LoadProgressPrinter::ClearBar() {
  if (terminal_) std::fputs("\r\x1b[K", stderr);
}

void LoadProgressPrinter::Done(const Version& version) {
  ClearBar();
  for (const auto& table : version.tables()) {
    spdlog::info("{}/{}: {}", model_, table->table().name(),
                 DescribeTable(*table));
  }
}

}  // namespace akin::server
