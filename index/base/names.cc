#include "index/base/names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "index/base/limits.h"

namespace akin {

absl::Status CheckName(absl::string_view what, absl::string_view name) {
  const bool legal =
      !name.empty() && name.size() <= kMaxNameBytes &&
      absl::ascii_isalnum(static_cast<unsigned char>(name[0])) &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
               c == '-' || c == '.';
      });
  if (legal) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      what, " name is \"", absl::CHexEscape(name.substr(0, kMaxNameBytes)),
      "\", expected 1 to ", kMaxNameBytes,
      " letters, digits, _ - or . with a letter or digit first"));
}

}  // namespace akin
