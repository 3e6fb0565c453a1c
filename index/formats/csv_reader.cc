#include "index/formats/csv_reader.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/csv_fields.h"

namespace akin {

absl::Status CsvReader::Wrong(absl::string_view what) const {
  return absl::InvalidArgumentError(
      absl::StrCat(stream_.path(), ": line ", record_line_, " ", what));
}

absl::StatusOr<bool> CsvReader::ReadLine(std::string* line) {
  absl::string_view view;
  AKIN_ASSIGN_OR_RETURN(const bool found, stream_.ReadLine(&view));
  if (!found) return false;
  ++line_number_;
  absl::StrAppend(line, view);
  return true;
}

absl::StatusOr<bool> CsvReader::Next(std::vector<std::string>* fields) {
  do {
    text_.clear();
    AKIN_ASSIGN_OR_RETURN(const bool found, ReadLine(&text_));
    if (!found) return false;
  } while (text_.empty() || text_ == "\r");
  record_line_ = line_number_;
  // A line end in quotes belongs to the field.
  ptrdiff_t counted = 0;
  for (bool open = false;;) {
    open ^= std::count(text_.begin() + counted, text_.end(), '"') % 2 != 0;
    if (!open) break;
    counted = static_cast<ptrdiff_t>(text_.size());
    text_ += '\n';
    AKIN_ASSIGN_OR_RETURN(const bool found, ReadLine(&text_));
    if (!found || text_.size() > ByteStream::kMaxPeekBytes) {
      return Wrong("has a quote that is never closed");
    }
  }
  if (text_.back() == '\r') text_.pop_back();
  fields->clear();
  CsvFields record(text_, ',');
  absl::string_view field;
  while (record.Next(&field)) {
    if (!record.quoted() && field.find('"') != field.npos) {
      return Wrong("has a quote in the middle of a field");
    }
    fields->emplace_back(field);
  }
  // All quotes are closed, so it is the only way to be broken.
  if (record.broken()) return Wrong("has text behind a closing quote");
  return true;
}

}  // namespace akin
