// What the system says of a file, as a status.

#ifndef AKIN_INDEX_BASE_SYSTEM_ERROR_H_
#define AKIN_INDEX_BASE_SYSTEM_ERROR_H_

#include <cerrno>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace akin {

// "<path>: <action>: <why>", with the code that belongs to `error`; `action` is
// such as "cannot be opened". Not absl::ErrnoToStatus: it fills a table at its
// first call behind TSan's back, which then reports every later reader of it.
inline absl::Status SystemError(absl::string_view path,
                                absl::string_view action, int error = errno) {
  return absl::Status(absl::ErrnoToStatusCode(error),
                      absl::StrCat(path, ": ", action, ": ",
                                   std::generic_category().message(error)));
}

}  // namespace akin

#endif  // AKIN_INDEX_BASE_SYSTEM_ERROR_H_
