#include "index/formats/text_row.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

#include "index/formats/number_field.h"
#include "index/formats/plain_number.h"

namespace akin {
namespace {

const char* SkipSeparators(const char* p, const char* end) {
  while (p != end && IsSeparator(*p)) ++p;
  return p;
}

const char* SkipField(const char* p, const char* end) {
  while (p != end && !IsSeparator(*p)) ++p;
  return p;
}

// The field that ends the text, which does not end with a separator.
absl::string_view LastField(absl::string_view text) {
  size_t begin = text.size();
  while (begin > 0 && !IsSeparator(text[begin - 1])) --begin;
  return text.substr(begin);
}

struct Numbers {
  size_t count = 0;  // of numbers read
  // Why it is not more; kNumber: the end.
  NumberField stopped = NumberField::kNumber;
  absl::string_view field;  // the one it stopped at
  const char* behind = nullptr;
};

// Reads up to values.size() numbers from `p`.
Numbers ReadNumbers(const char* p, const char* end, absl::Span<float> values) {
  Numbers out;
  for (float& value : values) {
    p = SkipSeparators(p, end);
    if (p == end) break;
    if (const char* const plain = ReadPlainNumber(p, end, &value)) {
      p = plain;
      ++out.count;
      continue;
    }
    const std::from_chars_result read = std::from_chars(p, end, value);
    const bool whole = read.ptr == end || IsSeparator(*read.ptr);
    if (read.ec == std::errc() && whole && IsFiniteFloat(value)) {
      p = read.ptr;
    } else {
      const char* const behind = SkipField(p, end);
      out.field = absl::string_view(p, static_cast<size_t>(behind - p));
      out.stopped = ReadNumberField(out.field, &value);
      if (out.stopped != NumberField::kNumber) break;
      p = behind;
    }
    ++out.count;
  }
  out.behind = p;
  return out;
}

// Where the last `count` fields begin, or null when there are fewer.
const char* LastFields(absl::string_view line, size_t count) {
  const char* const begin = line.data();
  const char* p = begin + line.size();
  for (size_t i = 0; i < count; ++i) {
    while (p != begin && IsSeparator(p[-1])) --p;
    if (p == begin) return nullptr;
    while (p != begin && !IsSeparator(p[-1])) --p;
  }
  return p;
}

// Whether the last field of an id is rather a component of the vector: "0.418",
// "-1", "2.5e-05", "1.0625"; but not the "2" of "Toy Story 2" nor "2.0".
bool LooksLikeComponent(absl::string_view field) {
  float value = 0;
  if (ReadNumberField(field, &value) != NumberField::kNumber) return false;
  if (field[0] == '-' || field.find_first_of("eE") != field.npos) return true;
  const size_t point = field.find('.');
  if (point == field.npos) return false;
  return field.size() - point > 3 || std::fabs(value) < 1;
}

// The line is not one field and then numbers to its end.
bool ParseOddRow(absl::string_view line, absl::Span<float> values,
                 SourceRow* row) {
  const size_t expected = values.size();
  const char* const end = line.data() + line.size();
  const char* const vector = LastFields(line, expected);
  // With nothing but separators before them the id is empty, not missing.
  if (vector == nullptr || vector == line.data()) {
    const size_t id_fields = IsSeparator(line.front()) ? 0 : 1;
    return RefuseRagged(CountFields(line).fields - id_fields, expected, row);
  }
  absl::string_view id(line.data(), static_cast<size_t>(vector - line.data()));
  while (!id.empty() && IsSeparator(id.back())) id.remove_suffix(1);
  while (!id.empty() && IsSeparator(id.front())) id.remove_prefix(1);
  const Numbers numbers = ReadNumbers(vector, end, values);
  if (numbers.count < expected) {
    return RefuseNumber(numbers.stopped, numbers.field, numbers.count, expected,
                        row);
  }
  const absl::string_view last = LastField(id);
  if (last.size() < id.size() && LooksLikeComponent(last)) {
    return RefuseRagged(CountFields(line).numbers, expected, row);
  }
  row->id = id;
  return true;
}

}  // namespace

absl::string_view StripLineEnd(absl::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  while (!line.empty() && IsSeparator(line.back())) line.remove_suffix(1);
  return line;
}

bool ParseTextRow(absl::string_view line, absl::Span<float> values,
                  SourceRow* row) {
  const char* const begin = line.data();
  const char* const end = begin + line.size();
  const char* const id_end = SkipField(begin, end);
  const Numbers numbers = ReadNumbers(id_end, end, values);
  if (id_end == begin || numbers.count < values.size() ||
      numbers.behind != end) {
    return ParseOddRow(line, values, row);
  }
  row->id = absl::string_view(begin, static_cast<size_t>(id_end - begin));
  return true;
}

FieldCount CountFields(absl::string_view line) {
  FieldCount out;
  const char* const end = line.data() + line.size();
  const char* p = SkipSeparators(line.data(), end);
  while (p != end) {
    const char* const behind = SkipField(p, end);
    float value = 0;
    const bool number =
        ReadNumberField(absl::string_view(p, static_cast<size_t>(behind - p)),
                        &value) != NumberField::kNotANumber;
    out.numbers = number && out.fields > 0 ? out.numbers + 1 : 0;
    ++out.fields;
    p = SkipSeparators(behind, end);
  }
  return out;
}

}  // namespace akin
