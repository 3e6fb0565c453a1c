// What the beginning of a file without magic bytes says about its layout:
// text or binary, and how many numbers a row has.

#ifndef AKIN_INDEX_FORMATS_LAYOUT_H_
#define AKIN_INDEX_FORMATS_LAYOUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/formats/word2vec_header.h"

namespace akin {

// The first lines of `head` that are whole and not blank, at most 100, as
// StripLineEnd leaves them. The last line is whole when `head` is all there is.
std::vector<absl::string_view> SampleLines(absl::string_view head,
                                           bool head_is_all);

// How many numbers most lines end in (of two equally common, the fewer); 0 when
// most end in none.
uint32_t MostCommonNumbers(absl::Span<const absl::string_view> lines);

// Whether the rows behind a word2vec header are binary. `body` is the beginning
// of the rows, `lines` its sample.
bool IsBinary(absl::string_view body, absl::Span<const absl::string_view> lines,
              uint32_t dimension);

// INVALID_ARGUMENT when no line fits the header's dimension, or all of them
// have another one: then the header lies, rather than each row.
absl::Status CheckDimension(const std::string& path, const TableShape& shape,
                            absl::Span<const absl::string_view> lines);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_LAYOUT_H_
