// Files that people have and akin does not read: named, with what to do.

#ifndef AKIN_INDEX_FORMATS_FOREIGN_FORMATS_H_
#define AKIN_INDEX_FORMATS_FOREIGN_FORMATS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace akin {

// `head` is the beginning of the file. INVALID_ARGUMENT when it is that of a
// format known here.
absl::Status RefuseForeign(const std::string& path, absl::string_view head);

// INVALID_ARGUMENT: the zip archive at `path` is no npz.
absl::Status RefuseZip(const std::string& path);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_FOREIGN_FORMATS_H_
