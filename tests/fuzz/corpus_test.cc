// What the fuzzer begins with, and what it once found, read again in every
// build.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/read_any.h"

namespace akin {
namespace {

TEST(FuzzCorpusTest, EveryInputIsReadToItsEnd) {
  size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           AKIN_SOURCE_DIR "/tests/fuzz/corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
    const FuzzResult result = ReadAny(input);
    ++inputs;
    // Those called good-* show that the fuzzer begins within every format.
    if (entry.path().filename().string().rfind("good-", 0) == 0) {
      EXPECT_TRUE(result.opened && result.rows >= 2) << entry.path();
    }
  }
  EXPECT_GE(inputs, 15u);
}

TEST(FuzzCorpusTest, NothingIsNoFile) { EXPECT_FALSE(ReadAny("").opened); }

}  // namespace
}  // namespace akin
