#include "index/base/stable_hash.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "absl/strings/str_cat.h"

namespace akin {
namespace {

// Computed from the definitions by another program: another release, or another
// machine, must not deal callers out anew.
TEST(StableHash, IsTheSameForEver) {
  EXPECT_EQ(StableHash(""), 0xefd01f60ba992926u);
  EXPECT_EQ(StableHash("a"), 0x82a2a958a9bece5bu);
  EXPECT_EQ(StableHash("user-42"), 0xa39532c7ab051e8du);
  EXPECT_EQ(StableHash("\xC3\xA9"), 0x9d55ccb9ba86763bu);
}

TEST(StableHash, AByteOfZeroCounts) {
  EXPECT_NE(StableHash(std::string(1, '\0')), StableHash(""));
  EXPECT_NE(StableHash(std::string(1, '\0')), StableHash(std::string(2, '\0')));
}

TEST(StableShare, FollowingKeysAreSpreadEvenly) {
  std::array<int, 10> tenths{};
  constexpr int kKeys = 100'000;
  for (int i = 0; i < kKeys; ++i) {
    const double share = StableShare(absl::StrCat(1'000'000 + i));
    ASSERT_GE(share, 0);
    ASSERT_LT(share, 1);
    ++tenths[static_cast<size_t>(share * 10)];
  }
  // Five standard deviations of a fair draw.
  for (const int count : tenths) EXPECT_NEAR(count, kKeys / 10, 475);
}

}  // namespace
}  // namespace akin
