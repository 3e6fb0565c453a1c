// Which rows may be hits, in the form in which that is cheapest to search for.
//
// A few rows that may not be hits are searched for on top of what is wanted and
// taken out afterwards: the search stays as short as it is without them. Many
// are left out by a bitmap instead (SearchTask::allowed), which costs a bit per
// row of the table; and then, of a graph, a walk that has met mostly forbidden
// rows is followed by a longer one or a scan. The border is kMostSurplus rows,
// or k where that is more.

#ifndef AKIN_INDEX_QUERY_ALLOWED_ROWS_H_
#define AKIN_INDEX_QUERY_ALLOWED_ROWS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "index/query/attribute_rows.h"
#include "index/query/search_options.h"
#include "index/search/row_set.h"
#include "index/search/searcher.h"
#include "index/version/version.h"

namespace akin {

inline constexpr size_t kMostSurplus = 512;

inline bool FitsSurplus(size_t excluded, size_t k) {
  return excluded <= std::max(kMostSurplus, k);
}

// What the options say of rows, whatever is searched for. A default one allows
// all.
struct RowRules {
  std::optional<RowSet> matching;  // what the filter holds for; none: no filter
  // exclude_ids and exclude_from; sorted, each once.
  std::vector<uint32_t> excluded;
  // `matching` less `excluded`, when these are more than FitsSurplus.
  std::optional<RowSet> allowed;
  GroupOfRow group;  // null: no groups
};

// Errors: what attribute_rows.h says. `stop` may be null.
absl::StatusOr<RowRules> ReadRowRules(const Version& version,
                                      const IndexedTable& target,
                                      const SearchOptions& options,
                                      const StopSignal* stop);

// The same from what is known already; `excluded` need not be sorted.
RowRules MakeRowRules(size_t rows, size_t k, std::optional<RowSet> matching,
                      std::vector<uint32_t> excluded, GroupOfRow group = {});

// The rules, and the rows that one query itself names. Thread-safe.
class AllowedRows {
 public:
  // `rules`, of a table of `rows`, must outlive this. `own_rows` in any order.
  AllowedRows(const RowRules& rules, const std::vector<uint32_t>& own_rows,
              size_t rows, size_t k);

  // As SearchTask::allowed.
  const RowSet* set() const { return set_; }
  // So many of what a search finds may have to be taken out again.
  size_t surplus() const { return surplus_.size(); }
  void TakeOutSurplus(std::vector<Neighbor>* neighbors) const;

  bool Contains(uint32_t row) const;

  // How many are left out, by the rules and as the query's own.
  size_t excluded() const { return excluded_; }

 private:
  const RowSet* set_;
  std::unique_ptr<const RowSet> own_set_;  // what set_ is, if not the rules'
  std::vector<uint32_t> surplus_;          // sorted
  size_t excluded_;
};

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_ALLOWED_ROWS_H_
