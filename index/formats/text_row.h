// One line of a text format: an id, then numbers, with spaces or tabs between.

#ifndef AKIN_INDEX_FORMATS_TEXT_ROW_H_
#define AKIN_INDEX_FORMATS_TEXT_ROW_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/formats/vector_source.h"

namespace akin {

// `line` without what may stand at its end: CR, spaces, tabs.
absl::string_view StripLineEnd(absl::string_view line);

// Reads a stripped line that is not empty: its last values.size() fields are
// the vector, everything before them is the id (spaces inside it are kept).
// True: `values` and row->id are set. False: row->fault and row->detail are.
//
//   "Toy Story 2 0.1 0.2"     the id "Toy Story 2"
//   " 0.1 0.2"                an empty id, for the table to refuse
//   "king 0.3 0.1 0.2"        ragged: a number too many, not the id "king 0.3"
//   "king 0.1"                ragged
//   "king 0.1 x"              not a number
//   "king 0.1 nan"            not finite; so is 1e39. 1e-50 is 0
bool ParseTextRow(absl::string_view line, absl::Span<float> values,
                  SourceRow* row);

struct FieldCount {
  size_t fields = 0;
  size_t numbers = 0;  // trailing ones; the first field is never counted
};
FieldCount CountFields(absl::string_view line);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_TEXT_ROW_H_
