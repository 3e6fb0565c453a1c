// What is known of the recall of what is served. Plain values.
//
// As metrics: a TableRecall has the labels model, version and table, its
// estimates also filter (NameOf) and own_target.

#ifndef AKIN_SERVER_RECALL_RECALL_REPORT_H_
#define AKIN_SERVER_RECALL_RECALL_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/recall/recall_interval.h"

namespace akin::server {

// What share of a table's rows a query's filter holds for.
enum class FilterShare : uint8_t {
  kNoFilter,  // or one that holds for all
  kTo1Percent,
  kTo10Percent,
  kTo50Percent,
  kBelow100Percent,
};
inline constexpr size_t kFilterShares = 5;

// `matching` of `rows`, which are at least one.
FilterShare FilterShareOf(size_t matching, size_t rows);

// "none", "<=1%", "<=10%", "<=50%", "<100%".
absl::string_view NameOf(FilterShare share);

// Of the latest queries of one kind, at most RecallWindow::kMost, since the
// table's effort was changed.
struct RecallEstimate {
  FilterShare filter_share = FilterShare::kNoFilter;
  // They had a target_recall of their own; the effort_factor is not theirs.
  bool own_target = false;
  uint64_t samples = 0;     // at least 1
  double recall = 0;        // mean over the queries
  RecallInterval interval;  // 95 %
  double mean_k = 0;        // true hits of a query, mean
};

struct TableRecall {
  std::string model;
  int64_t version = 0;
  std::string table;
  std::vector<RecallEstimate> estimates;  // of those that have samples
  double effort_factor = 1;
  bool below_target = false;
};

struct RecallReport {
  double cpu_share = 0;    // as configured; 0: off, and nothing else is known
  double target = 0;       // 0: none
  double cpu_seconds = 0;  // used by the thread that samples
  double running_seconds = 0;  // of the monitor
  uint64_t offered = 0;        // queries that an approximate index answered
  uint64_t taken = 0;          // samples, of which some may still be waiting
  uint64_t measured = 0;       // samples that have come to be in an estimate
  // Not taken though it was their turn: the queue was full, or the request is
  // large.
  uint64_t dropped_full = 0;
  // Taken and not measured: the version is not served any more; exact search
  // failed or took too long; there is nothing to find.
  uint64_t dropped_retired = 0;
  uint64_t failed = 0;
  uint64_t empty = 0;
  std::vector<TableRecall> tables;  // by model, version, table
};

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_RECALL_REPORT_H_
