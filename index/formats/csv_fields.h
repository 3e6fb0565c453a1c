// The fields of one record of CSV, as RFC 4180 has them. Where a record ends is
// not known here: csv.h ends it with its line, csv_reader.h not within quotes.

#ifndef AKIN_INDEX_FORMATS_CSV_FIELDS_H_
#define AKIN_INDEX_FORMATS_CSV_FIELDS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace akin {

class CsvFields {
 public:
  // With tabs between the fields, a field that begins with a quote but is none
  // by RFC 4180 is taken as it stands: many writers of tabs do not quote.
  CsvFields(absl::string_view record, char separator)
      : rest_(record), separator_(separator) {}

  // The next field, without its quotes. False behind the last, or where one is
  // broken. Valid until the next call, and no longer than the record.
  bool Next(absl::string_view* field);

  // Whether the last field stood in quotes.
  bool quoted() const { return quoted_; }

  // Whether a quote is not closed, or text stands behind the closing one.
  bool broken() const { return broken_; }

 private:
  bool TakeQuoted(absl::string_view* field);

  absl::string_view rest_;
  const char separator_;
  bool at_end_ = false;
  bool quoted_ = false;
  bool broken_ = false;
  std::string unquoted_;  // a field in which quotes were doubled
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_CSV_FIELDS_H_
