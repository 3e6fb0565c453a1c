// Compares the query with every row: always right, and the truth that recall is
// measured against.

#ifndef AKIN_INDEX_SEARCH_EXACT_SEARCHER_H_
#define AKIN_INDEX_SEARCH_EXACT_SEARCHER_H_

#include "index/search/row_scores.h"
#include "index/search/searcher.h"
#include "index/table/codes.h"
#include "index/table/table.h"

namespace akin {

// Answers are those of scoring every row by ActiveKernels(), to the bit,
// however few rows need be scored for it. Cheap to construct.
class ExactSearcher : public Searcher {
 public:
  // Both must outlive the searcher. With `codes`, those of `table`, a search
  // reads a quarter of the bytes. A table that has dropped its vectors needs
  // them: then they are what is scored.
  explicit ExactSearcher(const Table* table, const Codes* codes = nullptr)
      : ExactSearcher(
            table, codes,
            table->has_vectors() ? Scored::kVectors : Scored::kDecoded) {}

  // Says which: kDecoded reads nothing but the codes.
  ExactSearcher(const Table* table, const Codes* codes, Scored scored)
      : table_(*table), codes_(codes), scores_(table, codes, scored) {}

  IndexKind kind() const override { return IndexKind::kExact; }

  void Search(SearchTask* task) const override;

  // Reads each block of rows once for a group of queries.
  void BatchSearch(absl::Span<SearchTask> tasks,
                   WorkerPool* pool) const override;

  size_t memory_bytes() const override { return 0; }

 private:
  const Table& table_;
  const Codes* const codes_;
  const RowScores scores_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_EXACT_SEARCHER_H_
