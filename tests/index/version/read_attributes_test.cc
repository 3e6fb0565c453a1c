#include "index/version/read_attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using absl::string_view;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ReadAttributesTest : public testing::Test {
 protected:
  absl::StatusOr<Attributes> Read(
      const std::string& content, OnBadRow on_unknown_id = OnBadRow::kFail,
      const std::vector<AttributeDeclaration>& types = {}) {
    report_ = {};
    return ReadAttributes({dir_.Write("side.jsonl", content), types}, table_,
                          on_unknown_id, &pool_, progress_, &report_);
  }
  std::vector<AttributeValue> Values(const Attributes& attributes,
                                     const char* name, const char* id) {
    std::vector<AttributeValue> values;
    attributes.Find(name)->AppendValues(*table_.ids().Find(id), &values);
    return values;
  }

  TempDir dir_;
  WorkerPool pool_{2};
  const Table table_ = MakeTable("words", Metric::kCosine, RoyalRows());
  AttributeProgress progress_;
  AttributeReport report_;
};

TEST_F(ReadAttributesTest, JoinsByIds) {
  const auto attributes = Read(
      "{\"id\":\"queen\",\"year\":1926,\"of\":[\"house\",\"realm\"]}\n"
      "{\"id\":\"crown\"}\n"
      "{\"id\":\"boy\",\"of\":[]}\n"
      "{\"id\":\"king\",\"year\":1895.5,\"alive\":false,\"title\":\"x\"}\n");
  ASSERT_THAT(attributes, IsOk());
  EXPECT_EQ(attributes->rows(), table_.rows());
  EXPECT_EQ(attributes->Find("year")->type(), AttributeType::kFloat);
  EXPECT_EQ(attributes->Find("alive")->type(), AttributeType::kBool);
  EXPECT_THAT(Values(*attributes, "year", "queen"),
              ElementsAre(AttributeValue(1926.0)));
  EXPECT_THAT(Values(*attributes, "of", "queen"),
              ElementsAre(AttributeValue(string_view("house")),
                          AttributeValue(string_view("realm"))));
  EXPECT_THAT(Values(*attributes, "of", "king"), ElementsAre());
  EXPECT_EQ(report_.source, "side.jsonl");
  EXPECT_EQ(report_.format, "JSONL");
  EXPECT_EQ(report_.rows, 2u);
  EXPECT_EQ(report_.unknown_ids, 0u);
}

TEST_F(ReadAttributesTest, TextsOfCsvThatAreNumbersAreNumbers) {
  const auto attributes = Read(
      "word,year,share,code,mixed,none\n"
      "queen,1926,0.5,007,1,\nking,-3,2,12,x,\n",
      OnBadRow::kFail, {{"code", AttributeType::kKeyword}});
  ASSERT_THAT(attributes, IsOk());
  const auto type = [&](const char* name) {
    return attributes->Find(name)->type();
  };
  EXPECT_EQ(type("year"), AttributeType::kInt);
  EXPECT_EQ(type("share"), AttributeType::kFloat);
  EXPECT_EQ(type("code"), AttributeType::kKeyword);
  EXPECT_EQ(type("mixed"), AttributeType::kKeyword);
  EXPECT_EQ(type("none"), AttributeType::kKeyword);
  EXPECT_THAT(Values(*attributes, "year", "king"),
              ElementsAre(AttributeValue(int64_t{-3})));
  // A type that was given is not looked for a better one.
  const auto kept = Read("word,year:keyword\nqueen,1926\n");
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->Find("year")->type(), AttributeType::kKeyword);
}

TEST_F(ReadAttributesTest, UnknownIdsFailOrAreCounted) {
  std::string content = "{\"id\":\"king\",\"a\":1}\n";
  for (int i = 0; i < 7; ++i) {
    absl::StrAppend(&content, "{\"id\":\"nobody", i, "\",\"a\":\"text\"}\n");
  }
  EXPECT_THAT(
      Read(content),
      IsStatus(
          StatusCode::kInvalidArgument,
          AllOf(HasSubstr("side.jsonl: 7 ids that table words "
                          "does not have: \"nobody0\" in line 2, "),
                HasSubstr("\"nobody4\" in line 6, and 2 more"),
                Not(HasSubstr("nobody5")), HasSubstr("--on-bad-row skip"))));
  const auto attributes = Read(content, OnBadRow::kSkip);
  ASSERT_THAT(attributes, IsOk());
  EXPECT_EQ(report_.unknown_ids, 7u);
  EXPECT_EQ(report_.rows, 1u);
  EXPECT_EQ(attributes->Find("a")->type(), AttributeType::kInt);

  EXPECT_THAT(Read("id,a\nnobody,1\n", OnBadRow::kSkip),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("has a value for no id of table words (1 ids "
                                 "that it does not have)")));
  EXPECT_THAT(Read("id,a\nking,\n"), IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(Read("id,a\n\"k\xff\",1\n"),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("\"k\\xff\"")));
}

TEST_F(ReadAttributesTest, ErrorsNameTheLine) {
  EXPECT_THAT(Read("{\"id\":\"king\",\"a\":1}\n\n{\"id\":\"king\",\"b\":1}\n"),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("side.jsonl: line 3: the id \"king\" is there "
                                 "a second time")));
  for (const OnBadRow policy : {OnBadRow::kFail, OnBadRow::kSkip}) {
    EXPECT_THAT(
        Read("{\"id\":\"king\",\"a\":1}\n{\"id\":\"queen\",\"a\":\"x\"}\n",
             policy),
        IsStatus(StatusCode::kInvalidArgument,
                 HasSubstr("side.jsonl: line 2: attribute \"a\": expected int, "
                           "found string \"x\"")));
  }
  EXPECT_THAT(Read("id,a\nking," + std::string(513, 'x') + "\n"),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("line 2: attribute \"a\": expected a text of "
                                 "at most 512 bytes, found 513")));
  EXPECT_THAT(Read("id,a\nking,\xff\n"),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("line 2: attribute \"a\": expected UTF-8")));
  EXPECT_THAT(ReadAttributes({dir_.Path("none")}, table_, OnBadRow::kFail,
                             &pool_, nullptr, &report_),
              IsStatus(StatusCode::kNotFound, HasSubstr("/none")));
}

TEST_F(ReadAttributesTest, CanBeCancelled) {
  progress_ = [](uint64_t) { return false; };
  EXPECT_THAT(Read("id,a\nking,1\n"), IsStatus(StatusCode::kCancelled));
}

}  // namespace
}  // namespace akin
