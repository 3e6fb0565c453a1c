#include "index/formats/word2vec_header.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

// Longer ones are cut in error messages.
constexpr size_t kMostDigits = 24;

bool IsDigits(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

absl::StatusOr<uint64_t> ReadCount(const std::string& path,
                                   absl::string_view digits,
                                   absl::string_view what, uint64_t limit) {
  uint64_t count = 0;
  const bool fits = absl::SimpleAtoi(digits, &count);
  if (fits && count >= 1 && count <= limit) return count;
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": its header announces ", digits.substr(0, kMostDigits),
      digits.size() > kMostDigits ? "... " : " ", what, ", expected 1 to ",
      limit));
}

}  // namespace

std::optional<HeaderFields> FindHeader(absl::string_view line) {
  // The longest header has two numbers; looking no further keeps a line of
  // megabytes cheap.
  if (line.size() > 1024) return std::nullopt;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (fields.size() != 2 || !IsDigits(fields[0]) || !IsDigits(fields[1])) {
    return std::nullopt;
  }
  return HeaderFields{fields[0], fields[1]};
}

absl::StatusOr<TableShape> CheckShape(const std::string& path,
                                      absl::string_view rows,
                                      absl::string_view dimension) {
  AKIN_ASSIGN_OR_RETURN(const uint64_t n,
                        ReadCount(path, rows, "rows", kMaxRows));
  AKIN_ASSIGN_OR_RETURN(
      const uint64_t d,
      ReadCount(path, dimension, "dimensions", kMaxDimension));
  return TableShape{n, static_cast<uint32_t>(d)};
}

absl::Status CheckRoom(const std::string& path, const TableShape& shape,
                       LeastBytes least, uint64_t available) {
  // Below 2^32 * (2^15 * 8 + 8): no overflow.
  const uint64_t needed =
      shape.rows * (least.per_row + least.per_number * shape.dimension);
  if (needed <= available) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": its header announces ", shape.rows, " x ",
                   shape.dimension, " numbers, which take at least ", needed,
                   " bytes, but only ", available, " bytes follow it"));
}

}  // namespace akin
