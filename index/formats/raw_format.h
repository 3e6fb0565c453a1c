// Formats without magic bytes, whose beginning and size have to fit: fvecs and
// bvecs (each row with its dimension before it), fbin, u8bin and i8bin (rows
// and dimension once). As corpus-texmex.irisa.fr and big-ann-benchmarks.com use
// them.

#ifndef AKIN_INDEX_FORMATS_RAW_FORMAT_H_
#define AKIN_INDEX_FORMATS_RAW_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin {

enum class RawFormat : uint8_t { kFvecs, kBvecs, kFbin, kU8bin, kI8bin };

// "fvecs", ...
absl::string_view NameOf(RawFormat format);

// INVALID_ARGUMENT, naming `path`: `name` is none of them.
absl::StatusOr<RawFormat> ParseRawFormat(const std::string& path,
                                         absl::string_view name);

// The one that `head`, the beginning of a file of `size` bytes, fits; absent
// when none does. fvecs and bvecs take two rows, or three in a file that ends
// within a row. INVALID_ARGUMENT: several fit, and format= has to say which; or
// lists of neighbours (ivecs, ibin), which hold no vectors.
absl::StatusOr<std::optional<RawFormat>> FindRawFormat(const std::string& path,
                                                       absl::string_view head,
                                                       uint64_t size);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_RAW_FORMAT_H_
