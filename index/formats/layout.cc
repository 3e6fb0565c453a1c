#include "index/formats/layout.h"

#include <algorithm>
#include <cstddef>
#include <map>

#include "absl/strings/str_cat.h"
#include "index/base/utf8.h"
#include "index/formats/text_row.h"
#include "index/formats/word2vec_binary.h"

namespace akin {
namespace {

constexpr size_t kMostSampled = 100;

size_t CountRows(absl::Span<const absl::string_view> lines,
                 uint32_t dimension) {
  std::vector<float> values(dimension);
  SourceRow row;
  size_t rows = 0;
  for (const absl::string_view line : lines) {
    if (ParseTextRow(line, absl::MakeSpan(values), &row)) ++rows;
  }
  return rows;
}

// Whether `text` could be cut out of a text file, where its end may lie within
// a character.
bool IsText(absl::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool space = c == '\t' || c == '\n' || c == '\r';
    if ((byte < 0x20 && !space) || byte == 0x7F) return false;
  }
  constexpr size_t kMostCut = 3;
  for (size_t cut = 0; cut <= kMostCut && cut <= text.size(); ++cut) {
    if (IsValidUtf8(text.substr(0, text.size() - cut))) return true;
  }
  return false;
}

}  // namespace

std::vector<absl::string_view> SampleLines(absl::string_view head,
                                           bool head_is_all) {
  std::vector<absl::string_view> lines;
  while (!head.empty() && lines.size() < kMostSampled) {
    const size_t feed = head.find('\n');
    if (feed == head.npos && !head_is_all) break;
    const absl::string_view line = StripLineEnd(head.substr(0, feed));
    if (!line.empty()) lines.push_back(line);
    if (feed == head.npos) break;
    head.remove_prefix(feed + 1);
  }
  return lines;
}

uint32_t MostCommonNumbers(absl::Span<const absl::string_view> lines) {
  std::map<size_t, size_t> lines_with;
  for (const absl::string_view line : lines) {
    ++lines_with[CountFields(line).numbers];
  }
  size_t best = 0;
  for (const auto& [numbers, count] : lines_with) {
    const size_t best_count = lines_with.count(best) > 0 ? lines_with[best] : 0;
    if (count > best_count || (best == 0 && count == best_count)) {
      best = numbers;
    }
  }
  return static_cast<uint32_t>(best);
}

bool IsBinary(absl::string_view body, absl::Span<const absl::string_view> lines,
              uint32_t dimension) {
  // Binary numbers of few dimensions may by chance look like a line of text,
  // but hardly every second time.
  const size_t rows = CountRows(lines, dimension);
  if (rows > 0 && rows * 2 >= lines.size()) return false;
  const size_t vector_bytes = sizeof(float) * dimension;
  for (size_t row = 0; row < kMostSampled; ++row) {
    while (!body.empty() && body.front() == '\n') body.remove_prefix(1);
    const size_t space = body.substr(0, kMaxBinaryIdBytes + 1).find(' ');
    if (space == body.npos) return !IsText(body.substr(0, kMaxBinaryIdBytes));
    body.remove_prefix(space + 1);
    if (!IsText(body.substr(0, vector_bytes))) return true;
    body.remove_prefix(std::min(vector_bytes, body.size()));
  }
  return false;
}

absl::Status CheckDimension(const std::string& path, const TableShape& shape,
                            absl::Span<const absl::string_view> lines) {
  if (lines.empty()) return absl::OkStatus();
  const FieldCount first = CountFields(lines.front());
  bool any_fits = CountRows(lines, shape.dimension) > 0;
  bool all_alike = true;  // one field, then the first line's number of numbers
  for (const absl::string_view line : lines) {
    const FieldCount count = CountFields(line);
    any_fits = any_fits || count.fields == size_t{shape.dimension} + 1;
    all_alike = all_alike && count.fields == count.numbers + 1 &&
                count.numbers == first.numbers;
  }
  const bool all_other =
      all_alike && lines.size() > 1 && first.numbers != shape.dimension;
  if (any_fits && !all_other) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": its header announces ", shape.rows, " x ", shape.dimension,
      " numbers, but its rows have ", MostCommonNumbers(lines), " numbers"));
}

}  // namespace akin
