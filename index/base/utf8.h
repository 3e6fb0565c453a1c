// UTF-8 as Unicode 15 defines it (Table 3-7: no surrogates, no overlong forms,
// nothing above U+10FFFF).

#ifndef AKIN_INDEX_BASE_UTF8_H_
#define AKIN_INDEX_BASE_UTF8_H_

#include <string>

#include "absl/strings/string_view.h"

namespace akin {

// What to do with bytes of an id that are not UTF-8. The names and results are
// those of Python's `errors=` (and gensim's `unicode_errors`).
enum class Utf8Policy {
  kStrict,   // a bad row
  kReplace,  // each maximal ill-formed part becomes U+FFFD
  kIgnore,   // each maximal ill-formed part is dropped
};

bool IsValidUtf8(absl::string_view text);

// `text` with ill-formed parts replaced or dropped. `policy` is not kStrict.
std::string RepairUtf8(absl::string_view text, Utf8Policy policy);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_UTF8_H_
