// The .npy format: "\x93NUMPY", two bytes of version, the header's length, the
// header (a Python dict as text, padded with blanks) and the numbers. See
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/vector_file.h"

namespace akin::client {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the numbers are copied as they stand in the file");

constexpr size_t kMagicBytes = 6;

struct NpyHeader {
  std::string dtype;
  bool column_major = false;
  std::vector<uint64_t> shape;
};

absl::Status Malformed() {
  return absl::InvalidArgumentError(
      "expected a .npy file, got one whose header is cut off or malformed");
}

// Takes header and prefix off `bytes`.
std::optional<absl::string_view> TakeHeader(absl::string_view& bytes) {
  if (bytes.size() < kMagicBytes + 2) return std::nullopt;
  // Version 1 has a length of two bytes; 2 and 3 of four.
  const size_t length_bytes = bytes[kMagicBytes] == 1 ? 2 : 4;
  bytes.remove_prefix(kMagicBytes + 2);
  if (bytes.size() < length_bytes) return std::nullopt;
  uint32_t length = 0;
  std::memcpy(&length, bytes.data(), length_bytes);
  bytes.remove_prefix(length_bytes);
  if (bytes.size() < length) return std::nullopt;
  const absl::string_view header = bytes.substr(0, length);
  bytes.remove_prefix(length);
  return header;
}

// What follows `'key':` in a Python dict.
std::optional<absl::string_view> ValueOf(absl::string_view header,
                                         absl::string_view key) {
  const std::string quoted = absl::StrCat("'", key, "':");
  const size_t at = header.find(quoted);
  if (at == absl::string_view::npos) return std::nullopt;
  return absl::StripLeadingAsciiWhitespace(header.substr(at + quoted.size()));
}

std::optional<NpyHeader> ParseHeader(absl::string_view text) {
  const auto dtype = ValueOf(text, "descr");
  const auto order = ValueOf(text, "fortran_order");
  const auto shape = ValueOf(text, "shape");
  if (!dtype || !order || !shape || !absl::StartsWith(*shape, "(")) {
    return std::nullopt;
  }
  const size_t end = shape->find(')');
  if (end == absl::string_view::npos) return std::nullopt;
  NpyHeader header;
  header.column_major = absl::StartsWith(*order, "True");
  // A dtype of several fields is a list, not a string; it is only for show.
  header.dtype = std::string(dtype->substr(0, dtype->find(',')));
  for (const absl::string_view word :
       absl::StrSplit(shape->substr(1, end - 1), ',', absl::SkipWhitespace())) {
    uint64_t size = 0;
    if (!absl::SimpleAtoi(word, &size)) return std::nullopt;
    header.shape.push_back(size);
  }
  return header;
}

template <typename Number>
absl::StatusOr<VectorRows> CopyRows(absl::string_view bytes, size_t row_count,
                                    size_t dimension, bool column_major) {
  VectorRows rows(row_count, std::vector<float>(dimension));
  for (size_t row = 0; row < row_count; ++row) {
    for (size_t i = 0; i < dimension; ++i) {
      const size_t at =
          column_major ? i * row_count + row : row * dimension + i;
      Number number;
      std::memcpy(&number, bytes.data() + at * sizeof(Number), sizeof(Number));
      rows[row][i] = static_cast<float>(number);
      if (!std::isfinite(rows[row][i])) {
        return absl::InvalidArgumentError(
            absl::StrCat("row ", row + 1, ", number ", i + 1,
                         ": expected a finite 32-bit float, got ", number));
      }
    }
  }
  return rows;
}

}  // namespace

absl::StatusOr<VectorRows> ParseNpy(absl::string_view bytes) {
  const auto text = TakeHeader(bytes);
  if (!text) return Malformed();
  const auto header = ParseHeader(*text);
  if (!header) return Malformed();
  const bool single = header->dtype == "'<f4'";
  if (!single && header->dtype != "'<f8'") {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected numbers of dtype '<f4' or '<f8', got ", header->dtype));
  }
  const std::string shape =
      absl::StrCat("(", absl::StrJoin(header->shape, ", "), ")");
  if (header->shape.empty() || header->shape.size() > 2) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected an array of one or two dimensions, got shape ", shape));
  }
  const uint64_t row_count = header->shape.size() == 2 ? header->shape[0] : 1;
  const uint64_t dimension = header->shape.back();
  if (row_count == 0 || dimension == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected numbers, got none: the shape is ", shape));
  }
  const uint64_t numbers = bytes.size() / (single ? 4 : 8);
  if (bytes.size() % (single ? 4 : 8) != 0 ||
      numbers / row_count != dimension || numbers % row_count != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected the numbers of shape ", shape, ", got ",
                     bytes.size(), " bytes of them"));
  }
  return single ? CopyRows<float>(bytes, row_count, dimension,
                                  header->column_major)
                : CopyRows<double>(bytes, row_count, dimension,
                                   header->column_major);
}

}  // namespace akin::client
