// The ids of a table in the order of the trained file: pages of them, or a
// random sample. Thread-safe.

#ifndef AKIN_INDEX_QUERY_LIST_IDS_H_
#define AKIN_INDEX_QUERY_LIST_IDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/query/predicate.h"
#include "index/search/row_set.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

inline constexpr uint32_t kDefaultPageSize = 1000;

// Views must outlive the call.
struct IdListing {
  absl::string_view prefix = {};      // bytes that an id begins with
  const Predicate* filter = nullptr;  // null: all
  uint32_t page_size = 0;             // 0: kDefaultPageSize
  absl::string_view page_token = {};  // of the page before; empty: the first
  // Not 0: instead of a page so many ids, drawn at random without repetition,
  // the same for the same seed, on any machine.
  uint32_t sample = 0;
  uint64_t seed = 0;
};

struct IdPage {
  std::vector<absl::string_view> ids;  // valid as long as the version
  std::string next_page_token;         // empty: this is the last page
};

// INVALID_ARGUMENT: page_size, sample or prefix out of range, a sample with a
// page token, a token that is none of this version's table, or what
// MatchingRows says of the filter. NOT_FOUND: the table. CANCELLED,
// DEADLINE_EXCEEDED: `stop`, which may be null and is looked at every few
// thousand ids.
absl::StatusOr<IdPage> ListIds(const Version& version, absl::string_view table,
                               const IdListing& listing,
                               const StopSignal* stop = nullptr);

// The same of the rows of `matching`, null: all; listing.filter has no say.
absl::StatusOr<IdPage> ListIdsOf(const Version& version, const Table& table,
                                 const RowSet* matching,
                                 const IdListing& listing,
                                 const StopSignal* stop = nullptr);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_LIST_IDS_H_
