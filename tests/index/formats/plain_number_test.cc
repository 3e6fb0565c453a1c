#include "index/formats/plain_number.h"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cstdint>
#include <random>
#include <string>

namespace akin {
namespace {

// Where ReadPlainNumber answers, it answers as std::from_chars does.
void ExpectAsFromChars(const std::string& text) {
  const char* const end = text.data() + text.size();
  float plain = 0;
  const char* const behind = ReadPlainNumber(text.data(), end, &plain);
  if (behind == nullptr) return;
  float expected = 0;
  const auto result = std::from_chars(text.data(), end, expected);
  EXPECT_EQ(behind, result.ptr) << text;
  EXPECT_EQ(std::bit_cast<uint32_t>(plain), std::bit_cast<uint32_t>(expected))
      << text;
}

TEST(ReadPlainNumber, AgreesWithFromChars) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 300'000; ++i) {
    std::string text = random() % 2 == 0 ? "-" : "";
    text += std::to_string(random() >> (random() % 64));
    if (random() % 8 != 0)
      text.insert(text.size() - random() % text.size(), ".");
    if (random() % 4 == 0) text += " 1";
    ExpectAsFromChars(text);
  }
}

TEST(ReadPlainNumber, LeavesNumbersHalfwayBetweenTwoFloatsToOthers) {
  // 2^24 + 1 lies between two floats; its decimals decide to which it goes.
  for (const char* text : {"16777217", "16777217.0", "16777217.00000001",
                           "16777216.99999999", "16777219", "0.5", "1"}) {
    ExpectAsFromChars(text);
  }
  float value = 0;
  const std::string halfway = "16777217";
  EXPECT_EQ(
      ReadPlainNumber(halfway.data(), halfway.data() + halfway.size(), &value),
      nullptr);
}

TEST(ReadPlainNumber, TakesWhatFilesAreFullOf) {
  for (const std::string text : {"0.418", "-0.1", "1", "-12.000000", "0", ".5",
                                 "5.", "0.123456789012"}) {
    float value = 0;
    EXPECT_EQ(ReadPlainNumber(text.data(), text.data() + text.size(), &value),
              text.data() + text.size())
        << text;
    EXPECT_FLOAT_EQ(value, std::stof(text));
  }
}

TEST(ReadPlainNumber, LeavesAllElseToOthers) {
  for (const std::string text :
       {"", "-", ".", "-.", "+1", "1e5", "nan", "inf", "0x10", "1,5", "1.2.3",
        "--1", "1-", "12345678901234567890", "0.1234567890123456789",
        "1\xC2\xA0"}) {
    float value = 0;
    EXPECT_EQ(ReadPlainNumber(text.data(), text.data() + text.size(), &value),
              nullptr)
        << text;
  }
}

}  // namespace
}  // namespace akin
