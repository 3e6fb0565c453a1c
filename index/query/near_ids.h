// "Did you mean ...?": ids of a table that are spelt much like one that it has
// not.
//
// Only for errors, and bounded, since anybody can ask for ids that are not
// there: ids of up to 64 bytes are looked for, among the first 500,000 ids or
// 4 MB of them (milliseconds), for one caller of the process at a time. What is
// asked for meanwhile gets no near ids; nobody waits. Thread-safe.

#ifndef AKIN_INDEX_QUERY_NEAR_IDS_H_
#define AKIN_INDEX_QUERY_NEAR_IDS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/table/id_map.h"
#include "index/version/version.h"

namespace akin {

inline constexpr size_t kMostNearIds = 3;
inline constexpr size_t kMaxNearIdBytes = 64;
inline constexpr size_t kMaxNearIdRows = 500'000;

// The right to look for near ids, which one at a time has: until it is
// destroyed.
class NearIdsTurn {
 public:
  NearIdsTurn();
  ~NearIdsTurn();
  NearIdsTurn(const NearIdsTurn&) = delete;
  NearIdsTurn& operator=(const NearIdsTurn&) = delete;

  bool mine() const { return mine_; }

 private:
  const bool mine_;
};

// The nearest ids, at most kMostNearIds: those equal but for their case, then
// those one edit away, then two, each in the order of rows, which in word
// vectors is that of frequency. Edits are of code points, case aside: one more,
// one less, another one, or two neighbours swapped (optimal string alignment:
// Damerau 1964; no part is edited twice). An id of up to 4 code points has one
// edit, of a single one none. In a table of more rows than are looked at, what
// NearSpellings guesses fills up the rest. Takes no turn.
std::vector<std::string> NearIds(const IdMap& ids, absl::string_view id);

// `status`, and if it says that an id of `version` does not exist (FindRow) and
// a turn is to be had, with near ids in its sentence and its facts.
absl::Status WithNearIds(const Version& version, absl::Status status);

template <class T>
absl::StatusOr<T> WithNearIds(const Version& version,
                              absl::StatusOr<T> result) {
  if (result.ok()) return result;
  return WithNearIds(version, std::move(result).status());
}

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_NEAR_IDS_H_
