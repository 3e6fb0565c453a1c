#include "client/cli/shell/near_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NearNames, TheNearestFirst) {
  const std::vector<std::string> names = {"models", "model", "load", "search"};
  EXPECT_THAT(NearNames("modle", names), ElementsAre("model", "models"));
  EXPECT_THAT(NearNames("serach", names), ElementsAre("search"));
  EXPECT_THAT(NearNames("loda", names), ElementsAre("load"));
}

TEST(NearNames, NothingIsNearWhatIsShortOrLong) {
  EXPECT_THAT(NearNames("ab", {"cb", "xy", "b"}), IsEmpty());
  EXPECT_THAT(NearNames("", {"a"}), IsEmpty());
  const std::string longer(65, 'a');
  EXPECT_THAT(NearNames(longer, {longer}), IsEmpty());
}

}  // namespace
}  // namespace akin::client
