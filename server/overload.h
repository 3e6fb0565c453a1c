// "Not now": the error of a server that has as much to do as it can.

#ifndef AKIN_SERVER_OVERLOAD_H_
#define AKIN_SERVER_OVERLOAD_H_

#include <chrono>
#include <optional>

#include "absl/status/status.h"

namespace akin::server {

// RESOURCE_EXHAUSTED that says when to try again. It reaches a client as the
// detail akin.v1.Overloaded and as gRPC's trailing metadata
// "grpc-retry-pushback-ms", by which gRPC's own retries go.
absl::Status OverloadedError(std::chrono::milliseconds retry_after);

// What OverloadedError was given; nothing for any other error.
std::optional<std::chrono::milliseconds> RetryAfter(const absl::Status& status);

}  // namespace akin::server

#endif  // AKIN_SERVER_OVERLOAD_H_
