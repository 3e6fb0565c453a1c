#include "index/formats/number_field.h"

#include <cmath>
#include <system_error>

#include "absl/strings/charconv.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "index/base/utf8.h"

namespace akin {

NumberField ReadNumberField(absl::string_view field, float* value) {
  const char* p = field.data();
  const char* const end = p + field.size();
  if (p != end && *p == '+') ++p;
  if (p != field.data() && p != end && (*p == '-' || *p == '+')) {
    return NumberField::kNotANumber;
  }
  // Abseil would read hexadecimal numbers.
  if (field.find_first_of("xX") != absl::string_view::npos) {
    return NumberField::kNotANumber;
  }
  const absl::from_chars_result result =
      absl::from_chars(p, end, *value, absl::chars_format::general);
  if (result.ec == std::errc::invalid_argument || result.ptr != end) {
    return NumberField::kNotANumber;
  }
  if (result.ec == std::errc::result_out_of_range) {
    // Abseil returns the largest float here, or the float next to zero.
    return std::fabs(*value) > 1 ? NumberField::kNotFinite
                                 : NumberField::kNumber;
  }
  return IsFiniteFloat(*value) ? NumberField::kNumber : NumberField::kNotFinite;
}

std::string ShownField(absl::string_view field) {
  constexpr size_t kShown = 40;
  const std::string text =
      RepairUtf8(field.substr(0, kShown), Utf8Policy::kReplace);
  return absl::StrCat("\"", absl::Utf8SafeCEscape(text),
                      field.size() > kShown ? "...\"" : "\"");
}

bool RefuseNumber(NumberField why, absl::string_view field, size_t index,
                  size_t expected, SourceRow* row) {
  row->detail = absl::StrCat("number ", index + 1, " of ", expected, " is ",
                             ShownField(field));
  if (why == NumberField::kNotANumber) {
    row->fault = RowFault::kNotANumber;
    return false;
  }
  row->fault = RowFault::kNotFinite;
  // "nan", "inf", "infinity": all have an n.
  if (field.find_first_of("nN") == absl::string_view::npos) {
    absl::StrAppend(&row->detail, ", more than a float can hold");
  }
  return false;
}

bool RefuseRagged(size_t numbers, size_t expected, SourceRow* row) {
  row->fault = RowFault::kRagged;
  row->detail =
      absl::StrCat("has ", numbers, numbers == 1 ? " number" : " numbers",
                   ", expected ", expected);
  return false;
}

}  // namespace akin
