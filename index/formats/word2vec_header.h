// The first line of word2vec files, text and binary: "<rows> <dimension>".

#ifndef AKIN_INDEX_FORMATS_WORD2VEC_HEADER_H_
#define AKIN_INDEX_FORMATS_WORD2VEC_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin {

// The two fields as written; any number of digits.
struct HeaderFields {
  absl::string_view rows;
  absl::string_view dimension;
};

// Absent when `line` is not exactly two fields of digits.
std::optional<HeaderFields> FindHeader(absl::string_view line);

struct TableShape {
  uint64_t rows = 0;       // 1..kMaxRows
  uint32_t dimension = 0;  // 1..kMaxDimension
};

// The fewest bytes that some rows can take: rows * (per_row + per_number * d).
struct LeastBytes {
  uint64_t per_row;
  uint64_t per_number;
};
inline constexpr LeastBytes kTextBytes = {0, 2};    // "a 1 2", no last newline
inline constexpr LeastBytes kBinaryBytes = {1, 4};  // " ", floats

// INVALID_ARGUMENT, naming `path`: a number outside its range. Text because a
// file may say anything: "4294967296", or 300 digits.
absl::StatusOr<TableShape> CheckShape(const std::string& path,
                                      absl::string_view rows,
                                      absl::string_view dimension);

// INVALID_ARGUMENT when `available` bytes cannot hold the rows.
absl::Status CheckRoom(const std::string& path, const TableShape& shape,
                       LeastBytes least, uint64_t available);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_WORD2VEC_HEADER_H_
