#include "client/cli/upper_case.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace akin::client {
namespace {

TEST(UpperCaseTest, KnowsTheLettersOfManyScripts) {
  EXPECT_EQ(UpperCase(""), "");
  EXPECT_EQ(UpperCase("New-York 1.5"), "NEW-YORK 1.5");
  EXPECT_EQ(UpperCase("éþÿ"), "ÉÞŸ");
  EXPECT_EQ(UpperCase("москва ё"), "МОСКВА Ё");
  EXPECT_EQ(UpperCase("ά ς σ"), "Ά Σ Σ");
  EXPECT_EQ(UpperCase("ა ꭰ 𐐨"), "Ა Ꭰ 𐐀");
  EXPECT_EQ(UpperCase("ǆ ǅ Ǆ"), "Ǆ Ǆ Ǆ");
  EXPECT_EQ(UpperCase("İ Σ 王 👑"), "İ Σ 王 👑");
  EXPECT_EQ(UpperCase("ı ſ µ"), "I S Μ") << "the last one is Greek";
}

TEST(UpperCaseTest, MakesSeveralOfOne) {
  EXPECT_EQ(UpperCase("straße"), "STRASSE");
  EXPECT_EQ(UpperCase("ŉ"), "ʼN");
  EXPECT_EQ(UpperCase("aﬃx"), "AFFIX");
  EXPECT_EQ(UpperCase("ΐ"), "\u0399\u0308\u0301");
  EXPECT_EQ(UpperCase("և"), "ԵՒ");
}

TEST(UpperCaseTest, KeepsBytesThatAreNoUtf8) {
  EXPECT_EQ(UpperCase("a\xff"
                      "b\xc3"),
            "A\xff"
            "B\xc3");
}

std::string Utf8Of(uint32_t c) {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
  if (c < 0x10000) {
    return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)),
            byte(0x80 | (c & 0x3F))};
  }
  return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)),
          byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
}

// FNV-1a over the UTF-8 of chr(c).upper() for every character c from 1, as
// Python 3.11 has them.
TEST(UpperCaseTest, IsPythonsForEveryCharacter) {
  uint64_t hash = 0xcbf29ce484222325;
  for (uint32_t c = 1; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    for (const char byte : UpperCase(Utf8Of(c))) {
      hash = (hash ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
    }
  }
  EXPECT_EQ(hash, 0xa01b2e1354245c32);
}

}  // namespace
}  // namespace akin::client
