// Which ids may be in an answer, by their attributes
// (index/table/attributes.h). Plain values; views must outlive the call that
// uses them.

#ifndef AKIN_INDEX_QUERY_PREDICATE_H_
#define AKIN_INDEX_QUERY_PREDICATE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "index/base/attribute_value.h"

namespace akin {

struct Predicate {
  enum class Kind : uint8_t {
    kAll,     // every one of `parts`; of none: holds
    kAny,     // one of `parts`; of none: does not hold
    kNot,     // not parts[0]; holds for ids without a value too
    kIn,      // the value, or one of the list, is one of `values`
    kRange,   // between low and high
    kPrefix,  // the text, or one of the list, begins with values[0]
    kExists,  // there is a value
  };
  Kind kind = Kind::kAll;
  std::vector<Predicate> parts;
  absl::string_view attribute;
  std::vector<AttributeValue> values;
  std::optional<AttributeValue> low;
  std::optional<AttributeValue> high;
  bool low_open = false;   // above low, not equal to it
  bool high_open = false;  // below high
};

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_PREDICATE_H_
