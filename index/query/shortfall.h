// Why an answer has fewer than k hits.

#ifndef AKIN_INDEX_QUERY_SHORTFALL_H_
#define AKIN_INDEX_QUERY_SHORTFALL_H_

#include <cstddef>
#include <optional>

#include "index/query/allowed_rows.h"
#include "index/query/answer.h"
#include "index/query/search_options.h"
#include "index/table/table.h"

namespace akin {

// What became of the rows that were found.
struct RowTally {
  size_t candidates = 0;   // that were found and may be hits
  bool low_score = false;  // some scored below min_score
  bool groups = false;     // some are of groups that are full
  bool all = false;        // no row that may be a hit was missed
};

// Nothing if `hits` are k. `excluded` as AllowedRows says.
std::optional<Shortfall> ExplainShortfall(const Table& table,
                                          const SearchOptions& options,
                                          const RowRules& rules,
                                          size_t excluded,
                                          const RowTally& tally, size_t hits);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_SHORTFALL_H_
