// What `akin doctor` says: one thing that was looked at, and what to do.
#ifndef AKIN_CLIENT_CLI_DOCTOR_FINDING_H_
#define AKIN_CLIENT_CLI_DOCTOR_FINDING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace akin::client {

enum class Verdict {
  kOk,
  kWarn,  // works, but worse or less surely than it could
  kFail,  // does not work, or soon will not
};

absl::string_view NameOf(Verdict verdict);  // "warn"

struct Finding {
  Verdict verdict = Verdict::kOk;
  std::string check;  // what was looked at: "huge pages"
  std::string text;   // what was found
  std::string hint;   // what to do; empty if it is ok
};

// A check adds its findings: none where the facts for it are not known.
using Findings = std::vector<Finding>;

inline void Ok(absl::string_view check, std::string text, Findings* findings) {
  findings->push_back({Verdict::kOk, std::string(check), std::move(text), ""});
}
inline void Warn(absl::string_view check, std::string text, std::string hint,
                 Findings* findings) {
  findings->push_back(
      {Verdict::kWarn, std::string(check), std::move(text), std::move(hint)});
}
inline void Fail(absl::string_view check, std::string text, std::string hint,
                 Findings* findings) {
  findings->push_back(
      {Verdict::kFail, std::string(check), std::move(text), std::move(hint)});
}

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_FINDING_H_
