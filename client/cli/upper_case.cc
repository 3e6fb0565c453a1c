#include "client/cli/upper_case.h"

#include <algorithm>
#include <cstdint>

#include "client/cli/text_width.h"
#include "client/cli/upper_case_table.h"

namespace akin::client {
namespace {

void AppendUtf8(uint32_t character, std::string* text) {
  const auto append = [text](uint32_t byte) {
    text->push_back(static_cast<char>(byte));
  };
  const auto follow = [&](int shift) {
    append(0x80 | ((character >> shift) & 0x3F));
  };
  if (character < 0x80) {
    append(character);
  } else if (character < 0x800) {
    append(0xC0 | character >> 6);
    follow(0);
  } else if (character < 0x10000) {
    append(0xE0 | character >> 12);
    follow(6);
    follow(0);
  } else {
    append(0xF0 | character >> 18);
    follow(12);
    follow(6);
    follow(0);
  }
}

// Whether `character` has an upper case of several characters, which are then
// appended.
bool AppendLongUpperCase(uint32_t character, std::string* text) {
  const LongUpperCase* end = kLongUpperCases + kLongUpperCaseCount;
  const LongUpperCase* found = std::lower_bound(
      kLongUpperCases, end, character,
      [](const LongUpperCase& a, uint32_t b) { return a.character < b; });
  if (found == end || found->character != character) return false;
  for (const uint32_t upper : found->upper) {
    if (upper != 0) AppendUtf8(upper, text);
  }
  return true;
}

uint32_t UpperCaseOf(uint32_t character) {
  const CaseRun* end = kCaseRuns + kCaseRunCount;
  const CaseRun* run =
      std::lower_bound(kCaseRuns, end, character,
                       [](const CaseRun& a, uint32_t b) { return a.last < b; });
  if (run == end || character < run->first ||
      (character - run->first) % run->step != 0) {
    return character;
  }
  return static_cast<uint32_t>(static_cast<int32_t>(character) + run->offset);
}

}  // namespace

std::string UpperCase(absl::string_view text) {
  std::string upper;
  upper.reserve(text.size());
  while (!text.empty()) {
    const char first = text.front();
    const uint32_t character = TakeCharacter(text);
    if (character == kBadSequence) {
      upper.push_back(first);
    } else if (character < 0x80 || !AppendLongUpperCase(character, &upper)) {
      AppendUtf8(UpperCaseOf(character), &upper);
    }
  }
  return upper;
}

}  // namespace akin::client
