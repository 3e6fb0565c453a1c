#include "index/tool/remaining_time.h"

#include <cmath>

#include "absl/strings/str_format.h"

namespace akin {

absl::Duration RemainingTime(absl::Duration spent, uint64_t done,
                             uint64_t total) {
  constexpr uint64_t kLeastPart = 50;
  if (done == 0 || spent < absl::Seconds(1) || done < total / kLeastPart) {
    return absl::InfiniteDuration();
  }
  if (done >= total) return absl::ZeroDuration();
  return spent *
         (static_cast<double>(total - done) / static_cast<double>(done));
}

std::string RemainingText(absl::Duration remaining) {
  const double seconds = absl::ToDoubleSeconds(remaining);
  if (std::isinf(seconds) || seconds < 1) return "";
  if (seconds < 120) return absl::StrFormat(", about %.0f s left", seconds);
  return absl::StrFormat(", about %.0f min left", seconds / 60);
}

}  // namespace akin
