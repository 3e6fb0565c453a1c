#include "index/formats/csv.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/csv_fields.h"
#include "index/formats/number_field.h"
#include "index/formats/plain_number.h"
#include "index/formats/text_row.h"

namespace akin {
namespace {

NumberField ReadNumber(absl::string_view field, float* value) {
  field = absl::StripAsciiWhitespace(field);
  const char* const end = field.data() + field.size();
  if (ReadPlainNumber(field.data(), end, value) == end && !field.empty()) {
    return NumberField::kNumber;
  }
  return ReadNumberField(field, value);
}

struct LineFacts {
  uint64_t numbers = 0;  // fields behind the first
  bool all_numbers = true;
  bool any_number = false;
  bool counts_up = true;  // 0, 1, 2, ...
  bool quoted = false;    // the id
  bool fits = false;      // an id and numbers
  std::string id;
};

LineFacts FactsOf(absl::string_view line, char separator) {
  LineFacts facts;
  CsvFields fields(line, separator);
  absl::string_view field;
  facts.quoted = !line.empty() && line.front() == '"';
  const bool any = fields.Next(&field);
  facts.id = std::string(any ? field : "");
  while (fields.Next(&field)) {
    float value = 0;
    const bool number = ReadNumber(field, &value) != NumberField::kNotANumber;
    facts.all_numbers = facts.all_numbers && number;
    facts.any_number = facts.any_number || number;
    facts.counts_up =
        facts.counts_up && number && value == static_cast<float>(facts.numbers);
    ++facts.numbers;
  }
  // A quote that stands for itself is no quote.
  facts.quoted = facts.quoted && !absl::StartsWith(facts.id, "\"");
  facts.fits = !fields.broken() && facts.numbers > 0 && facts.all_numbers;
  return facts;
}

// Names of columns: words, or as pandas numbers them (",0,1,2" or "id,0,1,2").
bool IsHeader(const LineFacts& first, uint64_t dimension) {
  if (first.numbers != dimension) return false;
  if (!first.any_number) return true;
  return first.counts_up &&
         (first.id.empty() || absl::EqualsIgnoreCase(first.id, "id"));
}

std::optional<CsvLayout> FindWith(absl::Span<const absl::string_view> lines,
                                  char separator) {
  std::map<uint64_t, size_t> lines_with;  // as many numbers
  size_t fitting = 0;
  bool quoted = false;
  LineFacts first;
  for (size_t i = 0; i < lines.size(); ++i) {
    LineFacts facts = FactsOf(lines[i], separator);
    if (facts.fits) {
      ++lines_with[facts.numbers];
      ++fitting;
    }
    quoted = quoted || facts.quoted;
    if (i == 0) first = std::move(facts);
  }
  if (fitting == 0) return std::nullopt;
  const auto most = std::max_element(
      lines_with.begin(), lines_with.end(),
      [](const auto& a, const auto& b) { return a.second < b.second; });
  CsvLayout layout;
  layout.separator = separator;
  layout.dimension = most->first;
  layout.has_header = IsHeader(first, layout.dimension);
  const size_t rows = lines.size() - (layout.has_header ? 1 : 0);
  if (separator == '\t') {
    const size_t rows_fitting =
        most->second - (layout.has_header && first.fits ? 1 : 0);
    if (rows_fitting < rows || !(layout.has_header || quoted)) {
      return std::nullopt;
    }
  }
  if (rows == 0 || most->second * 2 < rows) return std::nullopt;
  return layout;
}

}  // namespace

std::optional<CsvLayout> FindCsv(absl::Span<const absl::string_view> lines) {
  for (const char separator : {',', ';', '\t'}) {
    const std::optional<CsvLayout> layout = FindWith(lines, separator);
    if (layout.has_value()) return layout;
  }
  return std::nullopt;
}

Csv::Csv(std::unique_ptr<ByteStream> stream, const CsvLayout& layout)
    : stream_(std::move(stream)),
      layout_(layout),
      header_passed_(!layout.has_header) {}

absl::StatusOr<VectorSource::Outcome> Csv::Next(absl::Span<float> values,
                                                SourceRow* row) {
  absl::string_view line;
  do {
    AKIN_ASSIGN_OR_RETURN(const bool found, stream_->ReadLine(&line));
    if (!found) return Outcome::kEnd;
    ++line_number_;
    line = StripLineEnd(line);
  } while (line.empty() || !std::exchange(header_passed_, true));
  row->unit = "line";
  row->position = line_number_;
  CsvFields fields(line, layout_.separator);
  absl::string_view field;
  id_.clear();
  if (fields.Next(&field)) id_ = std::string(field);
  row->id = id_;
  size_t count = 0;
  size_t bad = values.size();  // the first that is no number
  NumberField why = NumberField::kNumber;
  std::string bad_field;
  while (fields.Next(&field)) {
    if (count < values.size() && bad == values.size()) {
      why = ReadNumber(field, &values[count]);
      if (why != NumberField::kNumber) {
        bad = count;
        bad_field = std::string(field.substr(0, 64));
      }
    }
    ++count;
  }
  if (fields.broken()) {
    row->fault = RowFault::kRagged;
    row->detail = absl::StrCat(
        "has a quote that is not closed before the "
        "line's end, or text behind one, in field ",
        count + 1);
    return Outcome::kBadRow;
  }
  if (count != values.size()) {
    RefuseRagged(count, values.size(), row);
    return Outcome::kBadRow;
  }
  if (bad == values.size()) return Outcome::kRow;
  RefuseNumber(why, bad_field, bad, values.size(), row);
  return Outcome::kBadRow;
}

}  // namespace akin
