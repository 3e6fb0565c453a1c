#include "index/formats/stored_number.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "index/base/half.h"

namespace akin {
namespace {

static_assert(std::endian::native == std::endian::little,
              "numbers are copied as they are stored");

template <typename T>
T Load(const char* bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
  return value;
}

// False when a number does not fit a float; the conversion is then undefined.
bool ConvertDoubles(const char* bytes, absl::Span<float> values) {
  constexpr double kMost = std::numeric_limits<float>::max();
  bool fit = true;
  for (size_t i = 0; i < values.size(); ++i) {
    const double value = Load<double>(bytes, i);
    const bool fits = std::fabs(value) <= kMost;
    fit &= fits;
    values[i] = fits ? static_cast<float>(value) : 0.0f;
  }
  return fit;
}

std::string DescribeTooLarge(const char* bytes, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const double value = Load<double>(bytes, i);
    if (std::isfinite(value) &&
        std::fabs(value) <= std::numeric_limits<float>::max()) {
      continue;
    }
    return absl::StrCat(
        "number ", i + 1, " of ", count, " is ", value,
        std::isfinite(value) ? ", more than a float can hold" : "");
  }
  return "";
}

}  // namespace

size_t BytesOf(NumberType type) {
  switch (type) {
    case NumberType::kFloat16:
    case NumberType::kBFloat16:
      return 2;
    case NumberType::kFloat32:
      return 4;
    case NumberType::kFloat64:
      return 8;
    case NumberType::kInt8:
    case NumberType::kUInt8:
      return 1;
  }
  return 0;
}

bool ReadStoredNumbers(NumberType type, const char* bytes,
                       absl::Span<float> values, SourceRow* row) {
  switch (type) {
    case NumberType::kFloat32:
      std::memcpy(values.data(), bytes, values.size() * sizeof(float));
      break;
    case NumberType::kFloat64:
      if (!ConvertDoubles(bytes, values)) {
        row->fault = RowFault::kNotFinite;
        row->detail = DescribeTooLarge(bytes, values.size());
        return false;
      }
      break;
    case NumberType::kFloat16:
      for (size_t i = 0; i < values.size(); ++i) {
        values[i] = HalfToFloat(Load<uint16_t>(bytes, i));
      }
      break;
    case NumberType::kBFloat16:
      for (size_t i = 0; i < values.size(); ++i) {
        const uint32_t upper = Load<uint16_t>(bytes, i);
        values[i] = std::bit_cast<float>(upper << 16);
      }
      break;
    case NumberType::kInt8:
      for (size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(static_cast<signed char>(bytes[i]));
      }
      break;
    case NumberType::kUInt8:
      for (size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(static_cast<unsigned char>(bytes[i]));
      }
      break;
  }
  return true;
}

}  // namespace akin
