#include "index/base/attribute_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "index/base/utf8.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

TEST(AttributeType, NamesAreReadAsWritten) {
  for (int i = 0; i < kAttributeTypes; ++i) {
    const auto type = static_cast<AttributeType>(i);
    const auto read = ParseAttributeType(AttributeTypeName(type));
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(*read, type);
  }
  for (const char* name : {"", "Int", "string", "int ", "\xff"}) {
    EXPECT_THAT(ParseAttributeType(name),
                IsStatus(StatusCode::kInvalidArgument,
                         HasSubstr("expected keyword, keyword_list")));
  }
}

TEST(Timestamp, IsReadToTheMicrosecond) {
  EXPECT_EQ(*ParseTimestamp("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(*ParseTimestamp("1970-01-01T00:00:01.5z"), 1'500'000);
  EXPECT_EQ(*ParseTimestamp("1970-01-01t01:00:00+01:00"), 0);
  EXPECT_EQ(*ParseTimestamp("1969-12-31T23:59:59.999999Z"), -1);
  EXPECT_EQ(*ParseTimestamp("1969-12-31T23:59:59.9999999Z"), -1);
  EXPECT_EQ(*ParseTimestamp("2020-02-29T12:30:00-05:30"),
            int64_t{1'582'999'200} * 1'000'000);
  EXPECT_THAT(ParseTimestamp("0001-01-01T00:00:00Z"), IsOk());
  EXPECT_THAT(ParseTimestamp("9999-12-31T23:59:59Z"), IsOk());
}

TEST(Timestamp, OtherTextsAreRefused) {
  for (const char* text :
       {"", "2020", "2020-01-01", "2020-01-01 00:00:00Z", "2020-01-01T00:00:00",
        "2020-02-30T00:00:00Z", "2020-13-01T00:00:00Z", "2020-01-01T25:00:00Z",
        " 2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z ", "20200101T000000Z",
        "12020-01-01T00:00:00Z", "-020-01-01T00:00:00Z", "0000-01-01T00:00:00Z",
        "infinite-future", "2020-01-01T00:00:00+0100x", "1577836800"}) {
    EXPECT_THAT(ParseTimestamp(text),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr("RFC 3339")))
        << text;
  }
  EXPECT_FALSE(ParseTimestamp(std::string(100, '2')).ok());
  // The message is cut within the last of these, and is UTF-8 all the same.
  EXPECT_TRUE(
      IsValidUtf8(ParseTimestamp(absl::StrCat(std::string(63, 'x'), "\xc3\xa9"))
                      .status()
                      .message()));
}

TEST(Timestamp, IsWrittenAsItIsRead) {
  for (const int64_t time : {int64_t{0}, int64_t{-1}, int64_t{1'500'000},
                             int64_t{1'577'836'800'000'001}}) {
    EXPECT_EQ(*ParseTimestamp(FormatTimestamp(time)), time);
  }
}

}  // namespace
}  // namespace akin
