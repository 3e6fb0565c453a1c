#include "server/overload.h"

#include <cstdint>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace akin::server {
namespace {

constexpr absl::string_view kRetryAfter = "akin/retry-after-milliseconds";

}  // namespace

absl::Status OverloadedError(std::chrono::milliseconds retry_after) {
  absl::Status status = absl::ResourceExhaustedError(
      absl::StrCat("the server has as many searches as it can answer in time; "
                   "try again in ",
                   retry_after.count(), " ms"));
  status.SetPayload(kRetryAfter, absl::Cord(absl::StrCat(retry_after.count())));
  return status;
}

std::optional<std::chrono::milliseconds> RetryAfter(
    const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryAfter);
  int64_t milliseconds = 0;
  if (!payload.has_value() ||
      !absl::SimpleAtoi(std::string(*payload), &milliseconds)) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(milliseconds);
}

}  // namespace akin::server
