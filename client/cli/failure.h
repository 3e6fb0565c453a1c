// How a command ends: the exit code and the sentence on stderr.
#ifndef AKIN_CLIENT_CLI_FAILURE_H_
#define AKIN_CLIENT_CLI_FAILURE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace akin::client {

enum ExitCode : int {
  kExitAnswered = 0,
  kExitRefused = 1,  // the server said no
  kExitUsage = 2,
  kExitNoServer = 3,
};

// What the person asked for makes no sense, whatever the server holds.
absl::Status UsageError(absl::string_view message);

// The end of a command that has said why itself; OK for kExitAnswered.
absl::Status ReportedError(ExitCode code);
bool WasReported(const absl::Status& status);

ExitCode ExitCodeOf(const absl::Status& status);

// The sentence for stderr, without a line end. `server` was asked and given
// `timeout`. Suggests the near names of an ErrorDetail that the message lacks.
std::string FailureText(const absl::Status& status, absl::string_view server,
                        absl::Duration timeout);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_FAILURE_H_
