// What can be wrong with one row of a trained file while the rest of the file
// can still be read.

#ifndef AKIN_INDEX_BASE_ROW_FAULT_H_
#define AKIN_INDEX_BASE_ROW_FAULT_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace akin {

enum class RowFault : uint8_t {
  kRagged,      // not one id and as many numbers as the table has dimensions
  kNotANumber,  // a field that is no decimal number
  kNotFinite,   // NaN or an infinity, or a number no float can hold
  kZeroVector,  // no direction, under the cosine metric
  kDuplicateId,
  kInvalidUtf8,
  kEmptyId,
  kLongId,  // more than kMaxIdBytes
};
inline constexpr int kRowFaultKinds = 8;

// "ragged", "not a number", ...: for reports.
inline absl::string_view RowFaultName(RowFault fault) {
  constexpr absl::string_view kNames[kRowFaultKinds] = {
      "ragged",       "not a number",  "not finite", "zero vector",
      "duplicate id", "invalid UTF-8", "empty id",   "over-long id"};
  return kNames[static_cast<int>(fault)];
}

}  // namespace akin

#endif  // AKIN_INDEX_BASE_ROW_FAULT_H_
