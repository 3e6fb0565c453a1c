#include "index/query/list_ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ListIdsTest : public testing::Test {
 protected:
  ListIdsTest() {
    std::vector<std::unique_ptr<const IndexedTable>> tables;
    tables.push_back(
        Indexed(MakeTable("t", Metric::kDot, RandomRows(10'000, 1, 1))));
    tables.push_back(
        Indexed(MakeTable("u", Metric::kDot, RandomRows(50, 1, 1))));
    version_ = std::make_unique<Version>("m", 3, std::move(tables));
  }
  const Table& table() const { return version_->tables()[0]->table(); }

  // All pages one behind the other.
  std::vector<std::string> AllPages(IdListing listing,
                                    const RowSet* matching = nullptr) const {
    std::vector<std::string> ids;
    std::string token;
    do {
      listing.page_token = token;
      const auto page = ListIdsOf(*version_, table(), matching, listing);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return ids;
      EXPECT_LE(page->ids.size(), listing.page_size);
      EXPECT_TRUE(page->next_page_token.empty() ||
                  page->ids.size() == listing.page_size);
      for (const absl::string_view id : page->ids) ids.emplace_back(id);
      token = page->next_page_token;
    } while (!token.empty());
    return ids;
  }
  // By looking at each.
  std::vector<std::string> Plain(const std::string& prefix,
                                 const RowSet* matching = nullptr) const {
    std::vector<std::string> ids;
    for (uint32_t row = 0; row < table().rows(); ++row) {
      const std::string id(table().ids().Id(row));
      if (id.compare(0, prefix.size(), prefix) != 0) continue;
      if (matching == nullptr || matching->Contains(row)) ids.push_back(id);
    }
    return ids;
  }

  std::unique_ptr<const Version> version_;
};

TEST_F(ListIdsTest, PagesAreAllIdsInTheirOrder) {
  RowSet odd(table().rows());
  for (uint32_t row = 1; row < table().rows(); row += 2) odd.Add(row);
  for (const char* prefix : {"", "r", "r7", "r4242", "r12345", "x"}) {
    for (const uint32_t size : {7u, 100u, 1000u, 5000u, 10'000u}) {
      EXPECT_EQ(AllPages({.prefix = prefix, .page_size = size}), Plain(prefix));
      EXPECT_EQ(AllPages({.prefix = prefix, .page_size = size}, &odd),
                Plain(prefix, &odd));
    }
  }
}

TEST_F(ListIdsTest, APageHasAThousandUnlessAskedOtherwise) {
  const auto page = ListIds(*version_, "t", {});
  ASSERT_THAT(page, IsOk());
  EXPECT_THAT(page->ids, SizeIs(1000));
  EXPECT_FALSE(page->next_page_token.empty());
  const auto small = ListIds(*version_, "u", {});
  EXPECT_THAT(small->ids, SizeIs(50));
  EXPECT_THAT(small->next_page_token, IsEmpty());
  const auto exactly = ListIds(*version_, "u", {.page_size = 50});
  EXPECT_THAT(exactly->ids, SizeIs(50));
  EXPECT_THAT(exactly->next_page_token, IsEmpty());
}

TEST_F(ListIdsTest, ATokenIsOfItsTableAndVersion) {
  const std::string token =
      ListIds(*version_, "t", {.page_size = 10})->next_page_token;
  const auto next =
      ListIds(*version_, "t", {.page_size = 1, .page_token = token});
  EXPECT_THAT(next->ids, ElementsAre("r10"));
  EXPECT_THAT(ListIds(*version_, "u", {.page_token = token}),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("none of table m/u of version 3")));
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(
      Indexed(MakeTable("t", Metric::kDot, RandomRows(10'000, 1, 1))));
  const Version other("m", 4, std::move(tables));
  EXPECT_THAT(ListIds(other, "t", {.page_token = token}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("version 4")));
}

TEST_F(ListIdsTest, RefusesBadTokens) {
  const std::string token =
      ListIds(*version_, "t", {.page_size = 10})->next_page_token;
  std::vector<std::string> bad = {"x",
                                  "10",
                                  token + "0",
                                  token.substr(1),
                                  std::string(24, 'f'),
                                  std::string(1000, '0')};
  for (size_t i = 0; i < token.size(); ++i) {
    bad.push_back(token);
    bad.back()[i] = token[i] == '7' ? '8' : '7';
  }
  for (const std::string& wrong : bad) {
    EXPECT_THAT(ListIds(*version_, "t", {.page_token = wrong}),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr("token")))
        << wrong;
  }
}

TEST_F(ListIdsTest, ASampleIsDrawnOnceAndInOrder) {
  RowSet few(table().rows());
  for (uint32_t row = 0; row < table().rows(); row += 37) few.Add(row);
  for (const RowSet* matching : {static_cast<const RowSet*>(nullptr),
                                 static_cast<const RowSet*>(&few)}) {
    for (const char* prefix : {"", "r9", "nothing"}) {
      const std::vector<std::string> all = Plain(prefix, matching);
      for (const uint32_t size : {1u, 17u, 300u, 10'000u}) {
        const IdListing listing{
            .prefix = prefix, .sample = size, .seed = size + 1};
        const auto page = ListIdsOf(*version_, table(), matching, listing);
        ASSERT_THAT(page, IsOk());
        EXPECT_THAT(page->next_page_token, IsEmpty());
        EXPECT_EQ(page->ids.size(), std::min<size_t>(size, all.size()));
        // A subsequence of all, so sorted and without repetition.
        auto at = all.begin();
        for (const absl::string_view id : page->ids) {
          at = std::find(at, all.end(), id);
          ASSERT_NE(at, all.end()) << id;
          ++at;
        }
        const auto again = ListIdsOf(*version_, table(), matching, listing);
        EXPECT_EQ(again->ids, page->ids);
      }
    }
  }
}

TEST_F(ListIdsTest, SeedsDrawDifferentSamplesAndAllIdsAlike) {
  std::map<std::string, int> drawn;
  std::set<std::vector<absl::string_view>> samples;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    const auto page = ListIds(*version_, "u", {.sample = 10, .seed = seed});
    ASSERT_THAT(page->ids, SizeIs(10));
    for (const absl::string_view id : page->ids) ++drawn[std::string(id)];
    samples.insert(page->ids);
  }
  EXPECT_GT(samples.size(), 1990u);
  ASSERT_THAT(drawn, SizeIs(50));
  // 400 each, with a deviation of 18.
  for (const auto& [id, count] : drawn) {
    EXPECT_GT(count, 300) << id;
    EXPECT_LT(count, 500) << id;
  }
}

TEST_F(ListIdsTest, RefusesWhatIsOutOfRange) {
  const auto refuses = [&](const IdListing& listing, const char* why) {
    EXPECT_THAT(ListIds(*version_, "t", listing),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr(why)));
  };
  refuses({.page_size = 10'001}, "page_size is 10001");
  refuses({.sample = 10'001}, "sample is 10001");
  refuses({.page_token = "x", .sample = 1}, "expected one of them");
  const std::string long_prefix(513, 'x');
  refuses({.prefix = long_prefix}, "513 bytes");
  const Predicate predicate;
  refuses({.filter = &predicate}, "no attributes");
  EXPECT_THAT(ListIds(*version_, "nowhere", {}),
              IsStatus(StatusCode::kNotFound));
}

TEST_F(ListIdsTest, StopsWhenItIsTold) {
  StopSignal stop;
  stop.Cancel();
  EXPECT_THAT(ListIds(*version_, "t", {}, &stop),
              IsStatus(StatusCode::kCancelled));
  EXPECT_THAT(ListIds(*version_, "t", {.prefix = "r1", .sample = 5}, &stop),
              IsStatus(StatusCode::kCancelled));
}

}  // namespace
}  // namespace akin
