// Numbers as binary files store them, little-endian, made floats.

#ifndef AKIN_INDEX_FORMATS_STORED_NUMBER_H_
#define AKIN_INDEX_FORMATS_STORED_NUMBER_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "index/formats/vector_source.h"

namespace akin {

enum class NumberType : uint8_t {
  kFloat16,
  kBFloat16,  // the upper half of a float32
  kFloat32,
  kFloat64,
  kInt8,
  kUInt8,
};

// 1..8.
size_t BytesOf(NumberType type);

// Reads values.size() numbers at `bytes`, which need not be aligned. False when
// a double is not finite or more than a float holds: then row->fault and
// row->detail are set. NaN and infinities of the other types are left to the
// table.
bool ReadStoredNumbers(NumberType type, const char* bytes,
                       absl::Span<float> values, SourceRow* row);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_STORED_NUMBER_H_
