// Compares the query with every row: always right, and the truth that recall is
// measured against.

#ifndef AKIN_INDEX_SEARCH_EXACT_SEARCHER_H_
#define AKIN_INDEX_SEARCH_EXACT_SEARCHER_H_

#include "index/search/searcher.h"
#include "index/table/table.h"

namespace akin {

class ExactSearcher : public Searcher {
 public:
  // `table` must outlive the searcher.
  explicit ExactSearcher(const Table* table) : table_(*table) {}

  IndexKind kind() const override { return IndexKind::kExact; }

  void Search(SearchTask* task) const override;

  // Reads each block of rows once for a group of queries.
  void BatchSearch(absl::Span<SearchTask> tasks,
                   WorkerPool* pool) const override;

  size_t memory_bytes() const override { return 0; }

 private:
  void SearchGroup(absl::Span<SearchTask> tasks) const;

  const Table& table_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_EXACT_SEARCHER_H_
