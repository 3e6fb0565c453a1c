#include "index/query/find_attribute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "index/table/attributes_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using absl::string_view;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Items, and users with what they have seen.
std::shared_ptr<const Version> SeenVersion() {
  auto users = std::make_unique<IndexedTable>(
      MakeTable("users", Metric::kL2, {{"u1", {1, 0}}, {"u2", {0, 1}}}));
  AttributesBuilder builder(2);
  const size_t seen = *builder.AddColumn("seen", AttributeType::kKeywordList);
  const size_t last = *builder.AddColumn("last", AttributeType::kKeyword);
  const size_t age = *builder.AddColumn("age", AttributeType::kInt);
  if (!builder.AddList(seen, 0, {"r3", "gone", "r1"}).ok() ||
      !builder.Add(last, 0, string_view("r1")).ok() ||
      !builder.Add(age, 0, int64_t{7}).ok()) {
    std::abort();
  }
  users->SetAttributes(*std::move(builder).Build(nullptr));
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(
      Indexed(MakeTable("items", Metric::kL2, RandomRows(5, 2, 1))));
  tables.push_back(std::move(users));
  return std::make_shared<const Version>("m", 1, std::move(tables));
}

TEST(KeywordsOf, AreThoseOfTheEntry) {
  const auto version = SeenVersion();
  const IndexedTable& items = *version->tables()[0];
  const auto of = [&](const char* table, const char* id, const char* name) {
    return KeywordsOf(*version, items, {table, id, name});
  };
  const auto seen = of("users", "u1", "seen");
  ASSERT_THAT(seen, IsOk());
  EXPECT_THAT(*seen, ElementsAre("r3", "gone", "r1"));
  EXPECT_THAT(*of("users", "u1", "last"), ElementsAre("r1"));
  EXPECT_THAT(*of("users", "u2", "seen"), IsEmpty());
  EXPECT_THAT(*of("users", "nobody", "seen"), IsEmpty());
  EXPECT_THAT(*KeywordsOf(*version, *version->tables()[1], {"", "u1", "seen"}),
              ElementsAre("r3", "gone", "r1"));

  EXPECT_THAT(of("user", "u1", "seen"),
              IsStatus(StatusCode::kNotFound, HasSubstr("table \"user\"")));
  EXPECT_THAT(of("users", "u1", "sen"), IsStatus(StatusCode::kInvalidArgument,
                                                 HasSubstr("did you mean")));
  EXPECT_THAT(of("", "r1", "seen"),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("table items, which has none")));
  // Also of an entry that is not there.
  EXPECT_THAT(of("users", "nobody", "age"),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("attribute \"age\" of table users is int, "
                                 "expected keyword_list or keyword")));
}

TEST(FindGrouping, IsOfOneValue) {
  const auto version = SeenVersion();
  const IndexedTable& users = *version->tables()[1];
  const auto age = FindGrouping(users, "age");
  ASSERT_THAT(age, IsOk());
  EXPECT_NE((*age)->Group(0), AttributeColumn::kNoGroup);
  EXPECT_EQ((*age)->Group(1), AttributeColumn::kNoGroup);
  EXPECT_THAT(FindGrouping(users, "seen"),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("attribute \"seen\" of table users is "
                                 "keyword_list")));
  EXPECT_THAT(FindGrouping(users, "ag"),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("age")));
}

}  // namespace
}  // namespace akin
