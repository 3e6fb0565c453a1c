// Versions whose answers show which one they came from.
//
// An item's id names the run that trained it: one for the odd versions, two for
// the even ones, so two versions that follow each other have no item in common.
// Users are called the same in both runs, but each has the vector of another
// item, its partner: who asks with the user of one version for the items of
// another finds the wrong partner first.

#ifndef AKIN_TESTS_BENCH_VERSIONS_SWAP_ANSWERS_H_
#define AKIN_TESTS_BENCH_VERSIONS_SWAP_ANSWERS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace akin::bench {

// 1 or 2.
inline int RunOfVersion(int64_t version) { return version % 2 == 1 ? 1 : 2; }

std::string SwapUserId(size_t user);
std::string SwapItemId(size_t item, int run);

// The item whose vector the user has; of at least 2 items.
size_t PartnerOf(size_t user, int run, size_t items);

enum class AnswerFault : uint8_t {
  kNone,
  kMixed,    // of two versions
  kForeign,  // of another version than it says, or of none
};

// `ids`: what a search with `user` for items has found, best first, and says
// that `version` has answered.
AnswerFault FaultOf(int64_t version, size_t user, size_t items,
                    absl::Span<const absl::string_view> ids);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_SWAP_ANSWERS_H_
