// How much two versions of a model differ in what they answer. Plain values,
// as akin/v1/comparison.proto has them.

#ifndef AKIN_INDEX_QUERY_COMPARISON_H_
#define AKIN_INDEX_QUERY_COMPARISON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "index/search/searcher.h"
#include "index/table/metric.h"

namespace akin {

// What a version has in the searched table, and how it answered.
struct VersionMeasures {
  uint64_t rows = 0;
  uint64_t memory_bytes = 0;  // vectors, ids and index
  // recall@k of its index against its own exact search, at the default
  // target_recall.
  double recall = 0;
  // What one search on one thread computes; waiting for a processor is not in
  // it.
  double p50_microseconds = 0;
  double p99_microseconds = 0;
  // Scores of another metric, and vectors of another dimension, say other
  // things.
  uint32_t dimension = 0;
  Metric metric = Metric::kCosine;
  IndexKind index = IndexKind::kExact;
};

struct ChangedQuery {
  std::string id;
  double overlap = 0;
  double rank_biased_overlap = 0;
};

// Queries from `query_table`, answers from `table`. Without queries the figures
// about answers are zero, which means that nothing is known.
struct TableComparison {
  std::string query_table;
  std::string table;
  uint32_t k = 0;
  uint32_t queries = 0;
  // rank_overlap.h: mean, and what the worst tenth of the queries does not
  // exceed.
  double overlap = 0;
  double overlap_p10 = 0;
  double rank_biased_overlap = 0;  // mean
  // Of `table`; the named ones are at most 10, in the order of the table.
  uint64_t ids_added = 0;
  uint64_t ids_lost = 0;
  std::vector<std::string> some_added;
  std::vector<std::string> some_lost;
  // Of the first neighbour's score, after minus before: mean, and mean of the
  // absolute difference; over queries that both versions have an answer to.
  double score_change = 0;
  double score_drift = 0;
  // Median of length after over length before, of ids of `table` that both
  // versions have. 0: there is none that has a length.
  double norm_ratio = 0;
  VersionMeasures before;
  VersionMeasures after;
  // At most 10 whose answers differ, those of the least rank-biased overlap
  // first, then by id.
  std::vector<ChangedQuery> most_changed;
};

// Recorded ids that not both versions have.
struct LeftOutIds {
  std::string query_table;
  uint64_t ids = 0;
  std::vector<std::string> some_ids;  // at most 10, as they were recorded
};

struct Comparison {
  std::string model;
  int64_t before = 0;
  int64_t after = 0;
  std::vector<TableComparison> tables;
  std::vector<std::string> tables_added;
  std::vector<std::string> tables_lost;
  // What BrokenThresholds (comparison_thresholds.h) said, if it was asked.
  std::vector<std::string> broken;
  // One a query table of whose recorded ids some were left out.
  std::vector<LeftOutIds> left_out;
};

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_COMPARISON_H_
