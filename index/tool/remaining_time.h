// How long a step will still take, by how long its first part took.

#ifndef AKIN_INDEX_TOOL_REMAINING_TIME_H_
#define AKIN_INDEX_TOOL_REMAINING_TIME_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace akin {

// absl::InfiniteDuration() as long as too little is done to say: less than a
// fiftieth, or a second. Of what is done twice over, nothing remains.
absl::Duration RemainingTime(absl::Duration spent, uint64_t done,
                             uint64_t total);

// ", about 40 s left", in minutes from two on; "" if it is not known, or less
// than a second.
std::string RemainingText(absl::Duration remaining);

}  // namespace akin

#endif  // AKIN_INDEX_TOOL_REMAINING_TIME_H_
