#include "client/cli/failure.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/text_width.h"
#include "client/cpp/call_status.h"

namespace akin::client {
namespace {

// No url of a message, so that no server can send it.
constexpr char kUsage[] = "akin::client/usage";
constexpr char kReported[] = "akin::client/reported";

// The near names, unless the server's sentence suggests some itself.
std::string Suggestion(const absl::Status& status) {
  const std::optional<v1::ErrorDetail> detail = GetErrorDetail(status);
  if (!detail || detail->unknown_name().near().empty() ||
      absl::StrContains(absl::AsciiStrToLower(status.message()),
                        "did you mean")) {
    return "";
  }
  return absl::StrCat("; did you mean: ",
                      absl::StrJoin(detail->unknown_name().near(), ", "));
}

}  // namespace

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kUsage, absl::Cord());
  return status;
}

absl::Status ReportedError(ExitCode code) {
  if (code == kExitAnswered) return absl::OkStatus();
  absl::Status status = absl::UnknownError("");
  status.SetPayload(kReported, absl::Cord(absl::StrCat(code)));
  return status;
}

bool WasReported(const absl::Status& status) {
  return status.GetPayload(kReported).has_value();
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitAnswered;
  if (const auto reported = status.GetPayload(kReported)) {
    if (*reported == absl::StrCat(kExitUsage)) return kExitUsage;
    if (*reported == absl::StrCat(kExitNoServer)) return kExitNoServer;
    return kExitRefused;
  }
  if (status.GetPayload(kUsage)) return kExitUsage;
  return IsUnreachable(status) ? kExitNoServer : kExitRefused;
}

std::string FailureText(const absl::Status& status, absl::string_view server,
                        absl::Duration timeout) {
  if (IsUnreachable(status)) {
    // One that speaks TLS is there.
    if (absl::StrContains(status.message(), "TLS")) {
      return Printable(status.message());
    }
    return absl::StrCat(Printable(status.message()),
                        "; start one with akin-server --load "
                        "MODEL/TABLE=FILE");
  }
  if (absl::IsDeadlineExceeded(status)) {
    return absl::StrCat("no answer from ", server, " within ",
                        absl::FormatDuration(timeout),
                        "; --timeout SECONDS waits longer");
  }
  if (absl::IsUnimplemented(status)) {
    return absl::StrCat(server,
                        " does not know this call: it is an older akin server "
                        "or none at all");
  }
  if (absl::IsUnauthenticated(status)) {
    return Printable(absl::StrCat(
        status.message(), "; --token-file FILE or $AKIN_TOKEN gives one"));
  }
  if (status.message().empty()) {
    return absl::StrCat(server, " answered ",
                        absl::StatusCodeToString(status.code()),
                        " and gave no reason");
  }
  return Printable(absl::StrCat(status.message(), Suggestion(status)));
}

}  // namespace akin::client
