#include "index/base/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace akin {
namespace {

struct Unit {
  size_t bytes;  // length of the sequence, or of its maximal ill-formed part
  bool valid;
};

bool InRange(unsigned char c, unsigned char low, unsigned char high) {
  return c >= low && c <= high;
}

// Reads the sequence at the front of a non-empty `text`.
Unit ReadUnit(absl::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {1, true};
  size_t length = 0;
  unsigned char second_low = 0x80;
  unsigned char second_high = 0xBF;
  if (InRange(lead, 0xC2, 0xDF)) {
    length = 2;
  } else if (InRange(lead, 0xE0, 0xEF)) {
    length = 3;
    if (lead == 0xE0) second_low = 0xA0;
    if (lead == 0xED) second_high = 0x9F;
  } else if (InRange(lead, 0xF0, 0xF4)) {
    length = 4;
    if (lead == 0xF0) second_low = 0x90;
    if (lead == 0xF4) second_high = 0x8F;
  } else {
    return {1, false};
  }
  for (size_t i = 1; i < length; ++i) {
    if (i == text.size()) return {i, false};
    const auto c = static_cast<unsigned char>(text[i]);
    const bool ok =
        i == 1 ? InRange(c, second_low, second_high) : InRange(c, 0x80, 0xBF);
    if (!ok) return {i, false};
  }
  return {length, true};
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  // Nearly all ids are ASCII: eight bytes at a time until one is not.
  while (text.size() >= sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data(), sizeof(word));
    if ((word & 0x8080808080808080u) != 0) break;
    text.remove_prefix(sizeof(word));
  }
  while (!text.empty()) {
    const Unit unit = ReadUnit(text);
    if (!unit.valid) return false;
    text.remove_prefix(unit.bytes);
  }
  return true;
}

std::string RepairUtf8(absl::string_view text, Utf8Policy policy) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Unit unit = ReadUnit(text);
    if (unit.valid) {
      out.append(text.data(), unit.bytes);
    } else if (policy == Utf8Policy::kReplace) {
      out.append("\xEF\xBF\xBD");
    }
    text.remove_prefix(unit.bytes);
  }
  return out;
}

}  // namespace akin
