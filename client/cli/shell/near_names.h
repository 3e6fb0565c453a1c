// Names spelt like an unknown one.
#ifndef AKIN_CLIENT_CLI_SHELL_NEAR_NAMES_H_
#define AKIN_CLIENT_CLI_SHELL_NEAR_NAMES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace akin::client {

// Those of `names` that at most two edits (a byte put in, left out or replaced,
// two neighbours swapped) make of `name`, if that leaves more than half of it;
// the nearest first, equally near ones as given.
std::vector<std::string> NearNames(absl::string_view name,
                                   const std::vector<std::string>& names);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_NEAR_NAMES_H_
