// What the attributes of a version's tables say of rows: everything that QUERY
// asks of them.

#ifndef AKIN_INDEX_QUERY_ATTRIBUTE_ROWS_H_
#define AKIN_INDEX_QUERY_ATTRIBUTE_ROWS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/query/predicate.h"
#include "index/query/search_options.h"
#include "index/search/row_set.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

// Of a row without a value: it is a group of its own.
inline constexpr uint32_t kNoGroup = 0xFFFF'FFFF;

// The number of a row's group, the same for the same value; or kNoGroup.
// Thread-safe.
using GroupOfRow = std::function<uint32_t(uint32_t row)>;

// The rows that `predicate` holds for. INVALID_ARGUMENT: the table has no
// attributes, or what MatchRows says of the predicate. CANCELLED,
// DEADLINE_EXCEEDED: `stop`, which may be null.
absl::StatusOr<RowSet> MatchingRows(const IndexedTable& target,
                                    const Predicate& predicate,
                                    const StopSignal* stop);

// The rows of `target` whose ids `from` lists; unsorted. NOT_FOUND: the table.
// INVALID_ARGUMENT as above.
absl::StatusOr<std::vector<uint32_t>> ListedRows(const Version& version,
                                                 const IndexedTable& target,
                                                 const AttributeIds& from);

// INVALID_ARGUMENT as above. Valid as long as `target`.
absl::StatusOr<GroupOfRow> GroupsBy(const IndexedTable& target,
                                    absl::string_view attribute);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_ATTRIBUTE_ROWS_H_
