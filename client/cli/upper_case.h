// How words are compared when case does not matter.
#ifndef AKIN_CLIENT_CLI_UPPER_CASE_H_
#define AKIN_CLIENT_CLI_UPPER_CASE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace akin::client {

// `text` in upper case as Python's str.upper() has it, which is what gensim
// compares: Unicode's full mapping ("straße" becomes "STRASSE"), of no language
// in particular and whatever the user's locale. Bytes that are no UTF-8 stay as
// they are.
std::string UpperCase(absl::string_view text);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_UPPER_CASE_H_
