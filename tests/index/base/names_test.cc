#include "index/base/names.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace akin {
namespace {

TEST(CheckName, TakesWhatIsSafeAsAFolder) {
  for (const char* name : {"a", "glove", "Glove-6B_50d.v2", "0"}) {
    EXPECT_THAT(CheckName("model", name), IsOk()) << name;
  }
  EXPECT_THAT(CheckName("model", std::string(128, 'a')), IsOk());
}

TEST(CheckName, RefusesTheRest) {
  for (const char* name : {"", ".", "..", ".hidden", "-x", "a/b", "a b", "a\n",
                           "caf\xc3\xa9", "a%2e"}) {
    EXPECT_THAT(CheckName("table", name),
                IsStatus(absl::StatusCode::kInvalidArgument,
                         testing::StartsWith("table name is \"")))
        << name;
  }
  EXPECT_FALSE(CheckName("model", std::string(129, 'a')).ok());
}

}  // namespace
}  // namespace akin
