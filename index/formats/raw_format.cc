#include "index/formats/raw_format.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "index/base/limits.h"
#include "index/formats/number_field.h"

namespace akin {
namespace {

constexpr RawFormat kAll[] = {RawFormat::kFvecs, RawFormat::kBvecs,
                              RawFormat::kFbin, RawFormat::kU8bin,
                              RawFormat::kI8bin};

uint32_t Load(absl::string_view bytes, uint64_t offset) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

bool IsDimension(uint32_t d) { return d >= 1 && d <= kMaxDimension; }

// Rows of a dimension and its numbers of `number_bytes` each.
bool FitsVecs(absl::string_view head, uint64_t size, uint64_t number_bytes) {
  // Rows that are no chance: in a file of the right size, and in any.
  constexpr size_t kLikely = 2;
  constexpr size_t kSure = 3;
  const uint32_t dimension = Load(head, 0);
  if (!IsDimension(dimension)) return false;
  const uint64_t row_bytes = sizeof(uint32_t) + dimension * number_bytes;
  size_t rows = 0;
  for (uint64_t at = 0; at + sizeof(uint32_t) <= head.size(); at += row_bytes) {
    if (Load(head, at) != dimension) return false;
    ++rows;
  }
  return rows >= kSure || (rows >= kLikely && size % row_bytes == 0);
}

// Rows, dimension, and the numbers of `number_bytes` each.
bool FitsBin(absl::string_view head, uint64_t size, uint64_t number_bytes) {
  constexpr uint64_t kHeader = 2 * sizeof(uint32_t);
  if (head.size() < kHeader) return false;
  const uint64_t rows = Load(head, 0);
  const uint32_t dimension = Load(head, sizeof(uint32_t));
  if (rows < 1 || rows > kMaxRows || !IsDimension(dimension)) return false;
  return rows * dimension * number_bytes + kHeader == size;  // below 2^50
}

bool Fits(RawFormat format, absl::string_view head, uint64_t size) {
  switch (format) {
    case RawFormat::kFvecs:
      return FitsVecs(head, size, sizeof(float));
    case RawFormat::kBvecs:
      return FitsVecs(head, size, 1);
    case RawFormat::kFbin:
      return FitsBin(head, size, sizeof(float));
    case RawFormat::kU8bin:
    case RawFormat::kI8bin:
      return FitsBin(head, size, 1);
  }
  return false;
}

// Whether the floats of a file are rather small whole numbers, which as floats
// are all next to zero (below 1e-38).
bool AreWholeNumbers(RawFormat format, absl::string_view head) {
  constexpr uint32_t kLeastNormal = 0x00800000;
  const bool vecs = format == RawFormat::kFvecs;
  const uint64_t row_words = uint64_t{1} + Load(head, 0);
  bool any = false;
  for (uint64_t word = vecs ? 0 : 2; (word + 1) * 4 <= head.size(); ++word) {
    if (vecs && word % row_words == 0) continue;
    const uint32_t value = Load(head, word * 4);
    if (value >= kLeastNormal) return false;
    any = any || value != 0;
  }
  return any;
}

}  // namespace

absl::string_view NameOf(RawFormat format) {
  switch (format) {
    case RawFormat::kFvecs:
      return "fvecs";
    case RawFormat::kBvecs:
      return "bvecs";
    case RawFormat::kFbin:
      return "fbin";
    case RawFormat::kU8bin:
      return "u8bin";
    case RawFormat::kI8bin:
      return "i8bin";
  }
  return "";
}

absl::StatusOr<RawFormat> ParseRawFormat(const std::string& path,
                                         absl::string_view name) {
  for (const RawFormat format : kAll) {
    if (NameOf(format) == name) return format;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": format is ", ShownField(name),
      ", expected fvecs, bvecs, fbin, u8bin or i8bin; every other format is "
      "recognised by its content"));
}

absl::StatusOr<std::optional<RawFormat>> FindRawFormat(const std::string& path,
                                                       absl::string_view head,
                                                       uint64_t size) {
  if (head.size() < sizeof(uint32_t)) return std::nullopt;
  std::vector<RawFormat> fitting;
  for (const RawFormat format : kAll) {
    if (Fits(format, head, size)) fitting.push_back(format);
  }
  if (fitting.empty()) return std::nullopt;
  if (fitting.size() > 1) {
    const auto name = [](std::string* out, RawFormat format) {
      absl::StrAppend(out, NameOf(format));
    };
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": may be ", absl::StrJoin(fitting, " or ", name),
        ", which its bytes do not tell apart; say which with format=",
        absl::StrJoin(fitting, " or format=", name)));
  }
  const RawFormat format = fitting.front();
  const bool floats = format == RawFormat::kFvecs || format == RawFormat::kFbin;
  if (floats && AreWholeNumbers(format, head)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": is ", format == RawFormat::kFvecs ? "ivecs" : "ibin",
        ", whole numbers (lists of neighbours), not vectors; those are in the "
        "file beside it (",
        NameOf(format), ")"));
  }
  return format;
}

}  // namespace akin
