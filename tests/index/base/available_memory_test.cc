#include "index/base/available_memory.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "index/base/control_group.h"

namespace akin {
namespace {

TEST(MemoryLeft, IsTheLimitLessWhatIsUsed) {
  EXPECT_EQ(MemoryLeft("1000\n", "400\n", ""), 600u);
  EXPECT_EQ(MemoryLeft("1000", "1000", ""), 0u);
  EXPECT_EQ(MemoryLeft("1000", "1200", ""), 0u) << "the limit was lowered";
}

TEST(MemoryLeft, TheFileCacheIsGivenBack) {
  EXPECT_EQ(
      MemoryLeft("1000", "900", "anon 1\ninactive_file 200\nactive_file 300\n"),
      600u);
  EXPECT_EQ(MemoryLeft("1000", "900", "inactive_file 5000\n"), 1000u)
      << "read a moment later";
  EXPECT_EQ(MemoryLeft("1000", "900", "my_inactive_file 200\ninactive_file\n"),
            100u);
}

TEST(MemoryLeft, NoLimitAndNoTextAreAbsent) {
  EXPECT_EQ(MemoryLeft("max\n", "400", ""), std::nullopt);
  EXPECT_EQ(MemoryLeft("", "400", ""), std::nullopt);
  EXPECT_EQ(MemoryLeft("1000", "", ""), std::nullopt);
  EXPECT_EQ(MemoryLeft("-1", "400", ""), std::nullopt);
}

TEST(AvailableMemory, IsKnownOnThisSystem) {
  const auto available = AvailableMemory();
  ASSERT_TRUE(available.has_value());
  EXPECT_GT(*available, uint64_t{1} << 20);
  EXPECT_LT(*available, uint64_t{1} << 50);
}

TEST(ControlGroupFolders, GoUpToTheRoot) {
  const auto folders = ControlGroupFolders();
  ASSERT_FALSE(folders.empty());
  EXPECT_EQ(folders.back(), "/sys/fs/cgroup/");
  for (size_t i = 1; i < folders.size(); ++i) {
    EXPECT_EQ(folders[i - 1].rfind(folders[i], 0), 0u)
        << folders[i - 1] << " lies in " << folders[i];
    EXPECT_LT(folders[i].size(), folders[i - 1].size());
  }
}

}  // namespace
}  // namespace akin
