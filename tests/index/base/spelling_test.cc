#include "index/base/spelling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace akin {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Near(const std::string& name,
                              const std::set<std::string>& names) {
  return NearSpellings(name, [&](absl::string_view candidate) {
    return names.count(std::string(candidate)) > 0;
  });
}

TEST(NearSpellings, FindsOtherCasesAndSeparators) {
  EXPECT_THAT(Near("King", {"king"}), ElementsAre("king"));
  EXPECT_THAT(Near("paris", {"Paris"}), ElementsAre("Paris"));
  EXPECT_THAT(Near("nasa", {"NASA"}), ElementsAre("NASA"));
  EXPECT_THAT(Near("new york", {"new_york"}), ElementsAre("new_york"));
  EXPECT_THAT(Near("New York", {"new-york"}), ElementsAre("new-york"));
  EXPECT_THAT(Near(" king ", {"king"}), ElementsAre("king"));
}

TEST(NearSpellings, FindsEveryKindOfOneEdit) {
  EXPECT_THAT(Near("kng", {"king"}), ElementsAre("king"));
  EXPECT_THAT(Near("kinng", {"king"}), ElementsAre("king"));
  EXPECT_THAT(Near("kign", {"king"}), ElementsAre("king"));
  EXPECT_THAT(Near("king", {"kind"}), ElementsAre("kind"));
  EXPECT_THAT(Near("Kng", {"king"}), Contains("king"));
}

TEST(NearSpellings, LeavesOutTheNameItselfAndStopsAtTheLimit) {
  EXPECT_THAT(Near("king", {"king"}), IsEmpty());
  EXPECT_EQ(Near("cat", {"bat", "hat", "mat", "rat", "sat"}).size(), 3u);
  EXPECT_THAT(Near("", {"a"}), IsEmpty());
}

TEST(NearSpellings, AsksLittleForLongNames) {
  size_t asked = 0;
  NearSpellings(std::string(512, 'x'), [&](absl::string_view) {
    ++asked;
    return false;
  });
  EXPECT_LT(asked, 20u);
}

TEST(DidYouMean, ReadsAsASentence) {
  EXPECT_EQ(DidYouMean({}), "");
  EXPECT_EQ(DidYouMean({"a"}), "; did you mean \"a\"?");
  EXPECT_EQ(DidYouMean({"a", "b", "c"}),
            "; did you mean \"a\", \"b\" or \"c\"?");
}

}  // namespace
}  // namespace akin
