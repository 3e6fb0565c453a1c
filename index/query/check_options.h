// Holds a request's numbers against the limits.

#ifndef AKIN_INDEX_QUERY_CHECK_OPTIONS_H_
#define AKIN_INDEX_QUERY_CHECK_OPTIONS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "index/base/limits.h"
#include "index/query/query.h"
#include "index/table/table.h"

namespace akin {

// INVALID_ARGUMENT unless 1 <= count <= maximum; `limit` is the field of
// akin.v1.ServerLimits that says `maximum`.
absl::Status CheckCount(absl::string_view what, size_t count, size_t maximum,
                        absl::string_view limit);

// INVALID_ARGUMENT: more ids to leave out than the cap.
absl::Status CheckExcludeIds(size_t count);

// INVALID_ARGUMENT: a combination of no terms, or of more than the cap.
absl::Status CheckTerms(size_t count);

// INVALID_ARGUMENT: no parts or more than the cap, more terms in all of them
// than a combination may have, a part that is a fusion or a ladder, a weight,
// rank_constant or depth out of range.
absl::Status CheckFusion(const Fusion& fusion);

// INVALID_ARGUMENT: no queries or more than the cap, one that is a ladder, more
// fallback ids than the cap.
absl::Status CheckLadder(const FirstOf& ladder);

// INVALID_ARGUMENT: k, target_recall, min_score, exclude_ids or diversity out
// of range. RESOURCE_EXHAUSTED: the answers to `queries` queries of `table`
// could not fit into one message.
absl::Status CheckOptions(const SearchOptions& options, const Table& table,
                          size_t queries);

// RESOURCE_EXHAUSTED unless `bytes` fit into one message of `maximum`.
absl::Status CheckAnswerBytes(size_t bytes, size_t maximum = kMaxMessageBytes);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_CHECK_OPTIONS_H_
