#include "index/base/utf8.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace akin {
namespace {

struct Case {
  std::string text;
  std::string replaced;
  std::string dropped;
};

// U+FFFD where a maximal ill-formed part was: Unicode 15, table 3-8, and what
// Python's bytes.decode('utf-8', errors=...) returns.
#define BAD "\xEF\xBF\xBD"
const Case kInvalid[] = {
    {"\x80", BAD, ""},
    {"a\xFFz", "a" BAD "z", "az"},
    {"a\xC2", "a" BAD, "a"},
    {"\xC2 b", BAD " b", " b"},
    {"\xC0\xAF", BAD BAD, ""},                  // overlong
    {"\xE0\x80\xAF", BAD BAD BAD, ""},          // overlong
    {"\xED\xA0\x80", BAD BAD BAD, ""},          // a surrogate
    {"\xF4\x90\x80\x80", BAD BAD BAD BAD, ""},  // beyond U+10FFFF
    {"\xF5\x80\x80\x80", BAD BAD BAD BAD, ""},
    {"\xE3\x83", BAD, ""},  // cut
    {"\xF0\x9F\x98", BAD, ""},
    {"\xF0\x9F\x98z", BAD "z", "z"},
    {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", BAD BAD BAD BAD "A", "A"},
    {"zee\xBFn", "zee" BAD "n", "zeen"},
    {"12345678\xFF", "12345678" BAD, "12345678"},
};

const char* const kValid[] = {
    "",
    "a",
    "12345678",
    "123456789 abcdefgh",
    "12345678\xC3\xA9",
    "\xC2\x80",
    "\xDF\xBF",
    "\xE0\xA0\x80",
    "\xED\x9F\xBF",
    "\xEE\x80\x80",
    "\xEF\xBF\xBF",
    "\xF0\x90\x80\x80",
    "\xF4\x8F\xBF\xBF",
    "\xE3\x81\x82\xE3\x82\x8A\xE3\x81\x8C\xE3\x81\xA8\xE3\x81\x86",
    "\xF0\x9F\x98\x80",
};

TEST(Utf8, ValidTextIsLeftAlone) {
  for (const char* text : kValid) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
    EXPECT_EQ(RepairUtf8(text, Utf8Policy::kReplace), text);
    EXPECT_EQ(RepairUtf8(text, Utf8Policy::kIgnore), text);
  }
  EXPECT_TRUE(IsValidUtf8(absl::string_view("a\0b", 3)));
}

TEST(Utf8, InvalidTextIsFoundAndRepaired) {
  for (const Case& c : kInvalid) {
    EXPECT_FALSE(IsValidUtf8(c.text)) << c.replaced;
    EXPECT_EQ(RepairUtf8(c.text, Utf8Policy::kReplace), c.replaced);
    EXPECT_EQ(RepairUtf8(c.text, Utf8Policy::kIgnore), c.dropped);
  }
}

TEST(Utf8, ABadByteIsFoundAtEveryPlace) {
  for (size_t size = 1; size < 40; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      EXPECT_TRUE(IsValidUtf8(text));
      text[at] = '\xFF';
      EXPECT_FALSE(IsValidUtf8(text));
    }
  }
}

TEST(Utf8, RepairedTextIsValid) {
  std::mt19937 random(5);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (uint32_t i = random() % 12; i > 0; --i) {
      // Mostly bytes of longer characters.
      text += static_cast<char>(random() % 4 == 0 ? random() : random() | 0x80);
    }
    EXPECT_TRUE(IsValidUtf8(RepairUtf8(text, Utf8Policy::kReplace)));
    EXPECT_TRUE(IsValidUtf8(RepairUtf8(text, Utf8Policy::kIgnore)));
    EXPECT_EQ(RepairUtf8(text, Utf8Policy::kIgnore) == text, IsValidUtf8(text));
  }
}

}  // namespace
}  // namespace akin
