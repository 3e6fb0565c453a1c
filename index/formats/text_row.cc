#include "index/formats/text_row.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/charconv.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "index/base/utf8.h"
#include "index/formats/plain_number.h"

namespace akin {
namespace {

enum class Field : uint8_t { kNumber, kNotANumber, kNotFinite };

bool IsFinite(float value) {
  return (std::bit_cast<uint32_t>(value) & 0x7F800000u) != 0x7F800000u;
}

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

// One whole field, with what std::from_chars does not take: a '+', and numbers
// too small for a float.
Field ReadField(absl::string_view field, float* value) {
  const char* p = field.data();
  const char* const end = p + field.size();
  if (p != end && *p == '+') ++p;
  if (p != field.data() && p != end && (*p == '-' || *p == '+')) {
    return Field::kNotANumber;
  }
  // Abseil would read hexadecimal numbers.
  if (field.find_first_of("xX") != absl::string_view::npos) {
    return Field::kNotANumber;
  }
  const absl::from_chars_result result =
      absl::from_chars(p, end, *value, absl::chars_format::general);
  if (result.ec == std::errc::invalid_argument || result.ptr != end) {
    return Field::kNotANumber;
  }
  if (result.ec == std::errc::result_out_of_range) {
    // Abseil returns the largest float here, or the float next to zero.
    return std::fabs(*value) > 1 ? Field::kNotFinite : Field::kNumber;
  }
  return IsFinite(*value) ? Field::kNumber : Field::kNotFinite;
}

struct Numbers {
  size_t count = 0;                // of numbers read
  Field stopped = Field::kNumber;  // why it is not more; kNumber: the end
  absl::string_view field;         // the one it stopped at
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
    if (read.ec == std::errc() && whole && IsFinite(value)) {
      p = read.ptr;
    } else {
      const char* const behind = SkipField(p, end);
      out.field = absl::string_view(p, static_cast<size_t>(behind - p));
      out.stopped = ReadField(out.field, &value);
      if (out.stopped != Field::kNumber) break;
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
  if (ReadField(field, &value) != Field::kNumber) return false;
  if (field[0] == '-' || field.find_first_of("eE") != field.npos) return true;
  const size_t point = field.find('.');
  if (point == field.npos) return false;
  return field.size() - point > 3 || std::fabs(value) < 1;
}

std::string Shown(absl::string_view field) {
  constexpr size_t kShown = 40;
  const std::string text =
      RepairUtf8(field.substr(0, kShown), Utf8Policy::kReplace);
  return absl::StrCat("\"", absl::Utf8SafeCEscape(text),
                      field.size() > kShown ? "...\"" : "\"");
}

bool Refuse(RowFault fault, std::string detail, SourceRow* row) {
  row->fault = fault;
  row->detail = std::move(detail);
  return false;
}

bool RefuseRagged(size_t numbers, size_t expected, SourceRow* row) {
  return Refuse(
      RowFault::kRagged,
      absl::StrCat("has ", numbers, numbers == 1 ? " number" : " numbers",
                   ", expected ", expected),
      row);
}

bool RefuseField(const Numbers& numbers, size_t expected, SourceRow* row) {
  const std::string which =
      absl::StrCat("number ", numbers.count + 1, " of ", expected, " is ",
                   Shown(numbers.field));
  if (numbers.stopped == Field::kNotANumber) {
    return Refuse(RowFault::kNotANumber, which, row);
  }
  // "nan", "inf", "infinity": all have an n.
  const bool digits =
      numbers.field.find_first_of("nN") == absl::string_view::npos;
  return Refuse(
      RowFault::kNotFinite,
      digits ? absl::StrCat(which, ", more than a float can hold") : which,
      row);
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
  if (numbers.count < expected) return RefuseField(numbers, expected, row);
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
        ReadField(absl::string_view(p, static_cast<size_t>(behind - p)),
                  &value) != Field::kNotANumber;
    out.numbers = number && out.fields > 0 ? out.numbers + 1 : 0;
    ++out.fields;
    p = SkipSeparators(behind, end);
  }
  return out;
}

}  // namespace akin
