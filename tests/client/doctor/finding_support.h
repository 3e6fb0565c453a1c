// Findings as tests look at them.
#ifndef TESTS_CLIENT_DOCTOR_FINDING_SUPPORT_H_
#define TESTS_CLIENT_DOCTOR_FINDING_SUPPORT_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/doctor/finding.h"

namespace akin::client {

// "warn huge pages: transparent huge pages are off", each without its hint.
inline std::vector<std::string> Lines(const Findings& findings) {
  std::vector<std::string> lines;
  for (const Finding& finding : findings) {
    lines.push_back(absl::StrCat(NameOf(finding.verdict), " ", finding.check,
                                 ": ", finding.text));
  }
  return lines;
}

// Whether each says what to do, and only where something is to be done.
inline bool HintsAreWhereTheyBelong(const Findings& findings) {
  for (const Finding& finding : findings) {
    if (finding.hint.empty() != (finding.verdict == Verdict::kOk)) return false;
  }
  return true;
}

}  // namespace akin::client

#endif  // TESTS_CLIENT_DOCTOR_FINDING_SUPPORT_H_
