// One field of a text that should be a decimal number, and what is said of one
// that is none.

#ifndef AKIN_INDEX_FORMATS_NUMBER_FIELD_H_
#define AKIN_INDEX_FORMATS_NUMBER_FIELD_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "index/formats/vector_source.h"

namespace akin {

enum class NumberField : uint8_t { kNumber, kNotANumber, kNotFinite };

inline bool IsFiniteFloat(float value) {
  return (std::bit_cast<uint32_t>(value) & 0x7F800000u) != 0x7F800000u;
}

// Reads all of `field`: what std::from_chars takes, a '+' in front, and numbers
// too small for a float, which are 0.
NumberField ReadNumberField(absl::string_view field, float* value);

// `field` in quotes, cut and escaped for a message.
std::string ShownField(absl::string_view field);

// Say in `row` what is wrong, and return false: number `index` (from 0) of
// `expected` is `field`, which was read as `why`; or there are `numbers`.
bool RefuseNumber(NumberField why, absl::string_view field, size_t index,
                  size_t expected, SourceRow* row);
bool RefuseRagged(size_t numbers, size_t expected, SourceRow* row);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_NUMBER_FIELD_H_
