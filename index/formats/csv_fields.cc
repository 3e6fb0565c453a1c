#include "index/formats/csv_fields.h"

#include <cstddef>

namespace akin {

bool CsvFields::Next(absl::string_view* field) {
  if (at_end_ || broken_) return false;
  const bool begins_quoted = !rest_.empty() && rest_.front() == '"';
  quoted_ = begins_quoted && TakeQuoted(field);
  if (quoted_) return true;
  if (begins_quoted && separator_ != '\t') {
    broken_ = true;
    return false;
  }
  const size_t end = rest_.find(separator_);
  *field = rest_.substr(0, end);
  at_end_ = end == rest_.npos;
  rest_.remove_prefix(at_end_ ? rest_.size() : end + 1);
  return true;
}

// False, with nothing taken, when it is no quoted field.
bool CsvFields::TakeQuoted(absl::string_view* field) {
  unquoted_.clear();
  size_t begin = 1;  // of what is not yet in unquoted_
  size_t quote = rest_.find('"', begin);
  while (quote != rest_.npos && quote + 1 < rest_.size() &&
         rest_[quote + 1] == '"') {
    unquoted_.append(rest_.data() + begin, quote + 1 - begin);
    begin = quote + 2;
    quote = rest_.find('"', begin);
  }
  if (quote == rest_.npos) return false;
  const size_t behind = quote + 1;
  if (behind < rest_.size() && rest_[behind] != separator_) return false;
  const absl::string_view last = rest_.substr(begin, quote - begin);
  if (begin == 1) {
    *field = last;
  } else {
    unquoted_.append(last.data(), last.size());
    *field = unquoted_;
  }
  at_end_ = behind == rest_.size();
  rest_.remove_prefix(at_end_ ? behind : behind + 1);
  return true;
}

}  // namespace akin
