// Attributes of a table, by the names that queries give.

#ifndef AKIN_INDEX_QUERY_FIND_ATTRIBUTE_H_
#define AKIN_INDEX_QUERY_FIND_ATTRIBUTE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/query/search_options.h"
#include "index/table/attribute_column.h"
#include "index/version/version.h"

namespace akin {

// INVALID_ARGUMENT: the table has no such attribute, with near names.
absl::StatusOr<const AttributeColumn*> FindAttribute(const IndexedTable& table,
                                                     absl::string_view name);

// Whose Group(row) says which rows have the same value. INVALID_ARGUMENT: as
// above, or an attribute of lists.
absl::StatusOr<const AttributeColumn*> FindGrouping(const IndexedTable& table,
                                                    absl::string_view name);

// The keywords that the attribute of an entry holds, in the order they were
// given: ids of `searched` to leave out, of which it need not have any. None
// where the entry is not there, or has no value. Valid as long as the version.
// NOT_FOUND: no such table. INVALID_ARGUMENT: no such attribute, or one of
// another type than keyword and keyword_list.
absl::StatusOr<std::vector<absl::string_view>> KeywordsOf(
    const Version& version, const IndexedTable& searched,
    const AttributeIds& from);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_FIND_ATTRIBUTE_H_
