// What a request is expected to take on one thread, before it is run: what
// admission goes by. From what was measured when the table was loaded, else
// from its size; of what was never measured a rough guess rather above than
// below. Microseconds. Thread-safe.

#ifndef AKIN_INDEX_QUERY_EXPECTED_TIME_H_
#define AKIN_INDEX_QUERY_EXPECTED_TIME_H_

#include <cstddef>

#include "index/query/query.h"
#include "index/version/version.h"

namespace akin {

// One search for the best rows of one vector.
double ExpectedMicroseconds(const IndexedTable& table,
                            const SearchOptions& options);

// Any query. Of a ladder the query that takes longest: only one answers.
// Numbers that are out of range need not have been checked.
double ExpectedMicroseconds(const IndexedTable& table, const Query& query,
                            const SearchOptions& options);

// Explain: that search, an exact one and a score of every row.
double ExpectedExplainMicroseconds(const IndexedTable& table,
                                   const Query& query,
                                   const SearchOptions& options);

// The scores of `count` rows or queries.
double ExpectedScoreMicroseconds(const IndexedTable& table, size_t count);

// A walk over all ids; `filtered`: by attributes too.
double ExpectedListMicroseconds(const IndexedTable& table, bool filtered);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_EXPECTED_TIME_H_
