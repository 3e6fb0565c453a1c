// What an attribute of an id can be, and how its values are written as text.

#ifndef AKIN_INDEX_BASE_ATTRIBUTE_VALUE_H_
#define AKIN_INDEX_BASE_ATTRIBUTE_VALUE_H_

#include <cstdint>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin {

// The numbers stand in sealed files.
enum class AttributeType : uint8_t {
  kKeyword = 0,      // a text, compared as a whole or by its beginning
  kKeywordList = 1,  // one or more of them
  kInt = 2,          // 64 bits
  kFloat = 3,        // 64 bits, finite
  kBool = 4,
  kTimestamp = 5,  // microseconds since 1970 in UTC
};
inline constexpr int kAttributeTypes = 6;

// "keyword", "keyword_list", "int", "float", "bool", "timestamp".
absl::string_view AttributeTypeName(AttributeType type);
// INVALID_ARGUMENT: none of these names.
absl::StatusOr<AttributeType> ParseAttributeType(absl::string_view name);

// One value: a keyword or one of a list, an int or a timestamp, ...
using AttributeValue = std::variant<bool, int64_t, double, absl::string_view>;

// "string", "int", "float" or "bool": what a value is, for messages.
absl::string_view ValueKindName(const AttributeValue& value);

// A point in time as RFC 3339 writes it ("2020-01-31T12:00:00.5+01:00"), of
// the years 1 to 9999, rounded down to a microsecond. INVALID_ARGUMENT: it is
// none.
absl::StatusOr<int64_t> ParseTimestamp(absl::string_view text);
// In UTC.
std::string FormatTimestamp(int64_t microseconds);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_ATTRIBUTE_VALUE_H_
