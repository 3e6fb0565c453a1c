// What stands behind the absl::Status of a failed call.
#ifndef AKIN_CLIENT_CPP_CALL_STATUS_H_
#define AKIN_CLIENT_CPP_CALL_STATUS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "akin/v1/error.pb.h"
#include "google/rpc/status.pb.h"

namespace akin::client {

// The server's typed detail, if it sent one with `status`.
std::optional<v1::ErrorDetail> GetErrorDetail(const absl::Status& status);

// True if no server was reached at all, unlike a server that answered
// UNAVAILABLE.
bool IsUnreachable(const absl::Status& status);

// The error of one query in a BatchSearchResponse; OK if it is unset.
absl::Status StatusOf(const google::rpc::Status& error);

// For the client itself: a failed call as gRPC reports it. `details` is a
// serialised google.rpc.Status or empty.
absl::Status StatusFromWire(int code, absl::string_view message,
                            absl::string_view details);

// For the client itself: an UNAVAILABLE for which IsUnreachable() holds.
absl::Status UnreachableError(absl::string_view message);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CPP_CALL_STATUS_H_
