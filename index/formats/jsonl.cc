#include "index/formats/jsonl.h"

#include <cstddef>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/formats/json_row.h"
#include "index/formats/text_row.h"

namespace akin {
namespace {

// How long the vectors of most lines are; 0 when no line has one.
size_t MostCommonLength(absl::Span<const absl::string_view> lines) {
  std::map<size_t, size_t> lines_with;
  size_t best = 0;
  size_t best_count = 0;
  for (const absl::string_view line : lines) {
    const size_t numbers = CountJsonNumbers(line);
    if (numbers == 0) continue;
    if (const size_t count = ++lines_with[numbers]; count > best_count) {
      best = numbers;
      best_count = count;
    }
  }
  return best;
}

}  // namespace

// A word of another text may be "{", but none goes on with a quoted key.
bool IsJsonl(absl::string_view head) {
  head = absl::StripLeadingAsciiWhitespace(head);
  if (head.empty() || head.front() != '{') return false;
  head = absl::StripLeadingAsciiWhitespace(head.substr(1));
  if (head.empty() || head.front() != '"') return false;
  const size_t end = head.find('"', 1);
  if (end == head.npos) return false;
  head = absl::StripLeadingAsciiWhitespace(head.substr(end + 1));
  return !head.empty() && head.front() == ':';
}

absl::StatusOr<std::unique_ptr<VectorSource>> Jsonl::Open(
    std::unique_ptr<ByteStream> stream,
    absl::Span<const absl::string_view> lines) {
  const size_t dimension = MostCommonLength(lines);
  if (dimension == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        stream->path(),
        ": begins like JSON, but none of its first lines is an object of one "
        "line with an id and a vector: {\"id\": \"a\", \"vector\": [0.5, 1]}"));
  }
  if (dimension > kMaxDimension) {
    return absl::InvalidArgumentError(
        absl::StrCat(stream->path(), ": its vectors have ", dimension,
                     " numbers, expected 1 to ", kMaxDimension));
  }
  return std::unique_ptr<VectorSource>(
      new Jsonl(std::move(stream), static_cast<uint32_t>(dimension)));
}

absl::StatusOr<VectorSource::Outcome> Jsonl::Next(absl::Span<float> values,
                                                  SourceRow* row) {
  absl::string_view line;
  do {
    AKIN_ASSIGN_OR_RETURN(const bool found, stream_->ReadLine(&line));
    if (!found) return Outcome::kEnd;
    ++line_number_;
    line = StripLineEnd(line);
  } while (line.empty());
  row->unit = "line";
  row->position = line_number_;
  id_.clear();
  const bool good = ParseJsonRow(line, values, &id_, row);
  row->id = id_;
  return good ? Outcome::kRow : Outcome::kBadRow;
}

}  // namespace akin
