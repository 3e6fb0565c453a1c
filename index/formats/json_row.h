// One line of JSONL: {"id": "a", "vector": [0.5, 1], ...}.

#ifndef AKIN_INDEX_FORMATS_JSON_ROW_H_
#define AKIN_INDEX_FORMATS_JSON_ROW_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/formats/vector_source.h"

namespace akin {

// Reads an object with an id (a string or a whole number) and a vector (a list
// of numbers); what else it has is passed over. True: `values` and `id` are
// set. False: row->fault and row->detail are.
bool ParseJsonRow(absl::string_view line, absl::Span<float> values,
                  std::string* id, SourceRow* row);

// How many numbers the vector of such an object has; 0 where there is none.
size_t CountJsonNumbers(absl::string_view line);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_JSON_ROW_H_
