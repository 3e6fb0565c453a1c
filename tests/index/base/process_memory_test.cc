#include "index/base/process_memory.h"

#include <gtest/gtest.h>

namespace akin {
namespace {

TEST(ParseProcessMemory, ReadsWhatIsResidentAndWhatIsSwapped) {
  const ProcessMemory memory = ParseProcessMemory(
      "Name:\takin-server\nVmHWM:\t  9999 kB\nVmRSS:\t    2048 kB\n"
      "VmSwap:\t       3 kB\nThreads:\t4\n");
  EXPECT_EQ(memory.resident_bytes, 2048u * 1024);
  EXPECT_EQ(memory.swapped_bytes, 3u * 1024);
}

TEST(ParseProcessMemory, KnowsNothingFromOtherTexts) {
  for (const char* text : {"", "VmRSS:", "VmRSS: much kB\nVmSwap:\n", "\n\n"}) {
    EXPECT_EQ(ParseProcessMemory(text).resident_bytes, 0u) << text;
    EXPECT_EQ(ParseProcessMemory(text).swapped_bytes, 0u) << text;
  }
}

TEST(ReadProcessMemory, ThisProcessHasSome) {
  EXPECT_GT(ReadProcessMemory().resident_bytes, 0u);
}

}  // namespace
}  // namespace akin
