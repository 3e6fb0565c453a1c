// "Did you mean ...": existing names that are spelt much like a wrong one.

#ifndef AKIN_INDEX_BASE_SPELLING_H_
#define AKIN_INDEX_BASE_SPELLING_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace akin {

// At most `limit` names for which `exists` is true: first other cases and
// separators of `name`, then names one edit away (Norvig, "How to Write a
// Spelling Corrector"). Asks `exists` some 60 times per byte of `name` and
// never walks the set of names, so a set of any size costs the same; names
// over 32 bytes are only tried in other cases.
std::vector<std::string> NearSpellings(
    absl::string_view name, absl::FunctionRef<bool(absl::string_view)> exists,
    size_t limit = 3);

// "; did you mean a, b or c?", or "" when `near` is empty.
std::string DidYouMean(const std::vector<std::string>& near);

// "a, b, c", or the first ten and how many more there are.
std::string SomeOf(const std::vector<std::string>& names);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_SPELLING_H_
