// Names of models, tables, labels and attributes. The first become folder names
// in a repository, so only what is safe there is legal.

#ifndef AKIN_INDEX_BASE_NAMES_H_
#define AKIN_INDEX_BASE_NAMES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace akin {

// `what` is "model", "table", "label" or "attribute". INVALID_ARGUMENT unless
// `name` is 1..kMaxNameBytes of A-Z a-z 0-9 _ - . and begins with a letter or a
// digit.
absl::Status CheckName(absl::string_view what, absl::string_view name);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_NAMES_H_
