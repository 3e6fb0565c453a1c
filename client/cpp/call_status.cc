#include "client/cpp/call_status.h"

#include <string>

#include "absl/strings/cord.h"

namespace akin::client {
namespace {

constexpr char kErrorDetailUrl[] = "type.googleapis.com/akin.v1.ErrorDetail";
// No url of a message, so that no server can send it.
constexpr char kUnreachable[] = "akin::client/unreachable";

absl::StatusCode CodeOf(int code) {
  // gRPC and Abseil number the codes alike.
  if (code < static_cast<int>(absl::StatusCode::kOk) ||
      code > static_cast<int>(absl::StatusCode::kUnauthenticated)) {
    return absl::StatusCode::kUnknown;
  }
  return static_cast<absl::StatusCode>(code);
}

void CopyErrorDetail(const google::rpc::Status& source, absl::Status& status) {
  for (const auto& any : source.details()) {
    if (any.Is<v1::ErrorDetail>()) {
      status.SetPayload(kErrorDetailUrl, absl::Cord(any.value()));
      return;
    }
  }
}

}  // namespace

std::optional<v1::ErrorDetail> GetErrorDetail(const absl::Status& status) {
  const auto payload = status.GetPayload(kErrorDetailUrl);
  v1::ErrorDetail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) {
    return std::nullopt;
  }
  return detail;
}

bool IsUnreachable(const absl::Status& status) {
  return status.GetPayload(kUnreachable).has_value();
}

absl::Status StatusOf(const google::rpc::Status& error) {
  absl::Status status(CodeOf(error.code()), error.message());
  CopyErrorDetail(error, status);
  return status;
}

absl::Status StatusFromWire(int code, absl::string_view message,
                            absl::string_view details) {
  absl::Status status(CodeOf(code), message);
  google::rpc::Status parsed;
  if (!details.empty() &&
      parsed.ParseFromArray(details.data(), static_cast<int>(details.size()))) {
    CopyErrorDetail(parsed, status);
  }
  return status;
}

absl::Status UnreachableError(absl::string_view message) {
  absl::Status status = absl::UnavailableError(message);
  status.SetPayload(kUnreachable, absl::Cord());
  return status;
}

}  // namespace akin::client
