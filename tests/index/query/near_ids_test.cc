#include "index/query/near_ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "index/base/error_facts.h"
#include "index/base/limits.h"
#include "index/query/run_query.h"
#include "index/query/score.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

IdMap MapOf(const std::vector<std::string>& ids) {
  IdMap map;
  for (const std::string& id : ids) map.Add(id);
  return map;
}

std::vector<std::string> Near(const std::vector<std::string>& ids,
                              absl::string_view id) {
  return NearIds(MapOf(ids), id);
}

TEST(NearIdsTest, OtherCasesComeFirstThenFewerEditsThenEarlierRows) {
  EXPECT_THAT(Near({"kings", "ring", "kking", "KING", "other"}, "king"),
              ElementsAre("KING", "kings", "ring"));
  EXPECT_THAT(Near({"planted", "planets", "plane", "Planet"}, "planet"),
              ElementsAre("Planet", "planets", "plane"));
  EXPECT_THAT(Near({"plan", "plants", "planes"}, "planet"),
              ElementsAre("planes", "plan", "plants"));
}

TEST(NearIdsTest, AnEditIsOneMoreOneLessAnotherOneOrASwap) {
  const std::vector<std::string> ids = {"queen"};
  for (const char* id : {"queeen", "quen", "quern", "qeuen", "QEUEN", "queenly",
                         "uqene", "keene"}) {
    const bool far = absl::string_view(id) == "keene";  // three others
    EXPECT_THAT(Near(ids, id).empty(), far) << id;
  }
}

TEST(NearIdsTest, NoPartIsEditedTwice) {
  // A swap with something put between its letters: two edits for Damerau and
  // Levenshtein, three aligned.
  EXPECT_THAT(Near({"xxabcxx"}, "xxcaxx"), IsEmpty());
  EXPECT_THAT(Near({"xxacxx"}, "xxcaxx"), ElementsAre("xxacxx"));
}

TEST(NearIdsTest, ShortIdsHaveFewerEdits) {
  EXPECT_THAT(Near({"a", "b", "A"}, "c"), IsEmpty());
  EXPECT_THAT(Near({"ab", "A"}, "a"), ElementsAre("A"));
  EXPECT_THAT(Near({"cast", "coats", "past"}, "cats"),
              ElementsAre("cast", "coats"));
  EXPECT_THAT(Near({"cabin"}, "cats"), IsEmpty());
}

TEST(NearIdsTest, CountsCodePointsNotBytes) {
  EXPECT_THAT(Near({"東京都"}, "東京"), ElementsAre("東京都"));
  EXPECT_THAT(Near({"東京都庁"}, "東京"), IsEmpty());
  EXPECT_THAT(Near({"naïve"}, "NAÏVE"), ElementsAre("naïve"));
  EXPECT_THAT(Near({"naïve"}, "naive"), ElementsAre("naïve"));
  EXPECT_THAT(Near({"МОСКВА"}, "мсоква"), ElementsAre("МОСКВА"));
  // The Kelvin sign, of three bytes, is a k.
  EXPECT_THAT(Near({"2\u212A"}, "2k"), ElementsAre("2\u212A"));
}

TEST(NearIdsTest, LongIdsHaveNone) {
  const std::string longest(kMaxNearIdBytes, 'x');
  EXPECT_THAT(Near({longest + "yy"}, longest), ElementsAre(longest + "yy"));
  EXPECT_THAT(Near({longest + "yyy"}, longest), IsEmpty());
  EXPECT_THAT(Near({longest}, longest + "y"), IsEmpty());
  EXPECT_THAT(Near({longest}, ""), IsEmpty());
  EXPECT_THAT(Near({std::string(kMaxIdBytes, 'x')}, longest), IsEmpty());
}

TEST(NearIdsTest, BeyondTheRowsLookedAtIdsAreGuessed) {
  IdMap ids;
  while (ids.size() < kMaxNearIdRows) ids.Add(absl::StrCat("_", ids.size()));
  ids.Add("queen");
  ids.Add("Queensland");
  EXPECT_THAT(NearIds(ids, "quen"), ElementsAre("queen"));
  EXPECT_THAT(NearIds(ids, "qen"), IsEmpty());  // two edits are not guessed
  EXPECT_THAT(NearIds(ids, "_4x9"),
              ElementsAre("_49", "_409", "_419"));  // in the order of rows
}

// The whole matrix, and no prefilter.
size_t PlainEdits(const std::string& a, const std::string& b) {
  std::vector<std::vector<size_t>> edits(a.size() + 1,
                                         std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        edits[i][j] = i + j;
        continue;
      }
      edits[i][j] = std::min({edits[i - 1][j] + 1, edits[i][j - 1] + 1,
                              edits[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
      }
    }
  }
  return edits[a.size()][b.size()];
}

TEST(NearIdsTest, AreThoseOfComparingEveryId) {
  std::mt19937 random(7);
  const auto text = [&] {
    std::string made(1 + random() % 8, ' ');
    for (char& c : made) c = "abcAB"[random() % 5];
    return made;
  };
  size_t found = 0;
  for (int round = 0; round < 200; ++round) {
    IdMap ids;
    while (ids.size() < 60) ids.Add(text());
    const std::string id = text();
    if (ids.Find(id).has_value()) continue;
    const size_t most = id.size() == 1 ? 0 : id.size() <= 4 ? 1 : 2;
    std::vector<std::tuple<size_t, uint32_t>> near;
    for (uint32_t row = 0; row < ids.size(); ++row) {
      const size_t edits = PlainEdits(absl::AsciiStrToLower(id),
                                      absl::AsciiStrToLower(ids.Id(row)));
      if (edits <= most) near.emplace_back(edits, row);
    }
    std::sort(near.begin(), near.end());
    std::vector<std::string> expected;
    for (size_t i = 0; i < std::min(near.size(), kMostNearIds); ++i) {
      expected.emplace_back(ids.Id(std::get<1>(near[i])));
    }
    EXPECT_EQ(NearIds(ids, id), expected) << id;
    found += expected.size();
  }
  EXPECT_GT(found, 200u);
}

class WithNearIdsTest : public testing::Test {
 protected:
  const std::shared_ptr<const Version> version_ =
      RoyalVersion(1, Metric::kCosine);
};

TEST_F(WithNearIdsTest, ErrorsNameThemInWordsAndFacts) {
  const auto answer =
      RunQuery(*version_, "words", ItemRef{"", "Kign"}, {.k = 1});
  EXPECT_THAT(answer, IsStatus(StatusCode::kNotFound,
                               "id \"Kign\" does not exist in table "
                               "royal/words; did you mean \"king\"?"));
  const auto facts = FactsOf(answer.status());
  ASSERT_TRUE(facts.has_value());
  const auto& unknown = std::get<UnknownName>(*facts);
  EXPECT_EQ(unknown.name, "Kign");
  EXPECT_THAT(unknown.near, ElementsAre("king"));
  EXPECT_THAT(RunQuery(*version_, "words", ItemRef{"", "zzzzz"}, {.k = 1}),
              IsStatus(StatusCode::kNotFound, EndsWith("royal/words")));
}

TEST_F(WithNearIdsTest, TheyAreOfTheTableThatTheQueryNames) {
  EXPECT_THAT(
      RunQuery(*version_, "words", ItemRef{"people", "elisabeth"}, {.k = 1}),
      IsStatus(StatusCode::kNotFound,
               AllOf(HasSubstr("royal/people"), HasSubstr("\"elizabeth\""))));
}

TEST_F(WithNearIdsTest, OtherErrorsAreLeftAlone) {
  for (const absl::Status& status :
       {absl::OkStatus(), absl::NotFoundError("x"),
        UnknownNameError("table", "kign", "version 1", {}),
        WithFacts(absl::NotFoundError("x"),
                  UnknownName{"kign", {}, "no such table"}),
        WithFacts(absl::InvalidArgumentError("x"),
                  UnknownName{"kign", {}, "words"})}) {
    EXPECT_EQ(WithNearIds(*version_, status), status);
  }
}

TEST_F(WithNearIdsTest, OneAtATimeLooks) {
  const auto ask = [&] {
    return RunQuery(*version_, "words", ItemRef{"", "kign"}, {.k = 1});
  };
  {
    const NearIdsTurn turn;
    ASSERT_TRUE(turn.mine());
    EXPECT_FALSE(NearIdsTurn().mine());
    EXPECT_THAT(
        ask(), IsStatus(StatusCode::kNotFound, Not(HasSubstr("did you mean"))));
  }
  EXPECT_THAT(ask(),
              IsStatus(StatusCode::kNotFound, HasSubstr("did you mean")));
}

TEST_F(WithNearIdsTest, OfABatchTheFirstUnknownIdHasThem) {
  const std::vector<Query> queries = {ItemRef{"", "king"}, ItemRef{"", "kign"},
                                      ItemRef{"", "quene"}};
  WorkerPool pool(1);
  const auto answers = RunBatch(*version_, "words", queries, {.k = 1}, &pool);
  ASSERT_THAT(answers, IsOk());
  EXPECT_THAT((*answers)[0], IsOk());
  EXPECT_THAT((*answers)[1],
              IsStatus(StatusCode::kNotFound, HasSubstr("did you mean")));
  EXPECT_THAT((*answers)[2],
              IsStatus(StatusCode::kNotFound, Not(HasSubstr("did you mean"))));
}

TEST_F(WithNearIdsTest, EveryQueryOfOneIdHasThem) {
  const auto has_near =
      IsStatus(StatusCode::kNotFound, HasSubstr("did you mean \"king\"?"));
  const Query query = ItemRef{"", "kign"};
  EXPECT_THAT(GetVectors(*version_, "words", {"kign"}), has_near);
  EXPECT_THAT(ScoreIds(*version_, "words", query, {"king"}), has_near);
  EXPECT_THAT(ScoreQueries(*version_, "words", query, {query}), has_near);
  EXPECT_THAT(ScoreQueries(*version_, "words", ItemRef{"", "king"}, {query}),
              has_near);
  FirstOf ladder;
  ladder.queries = {{ItemRef{"", "nobody"}}, {query}};
  EXPECT_THAT(RunQuery(*version_, "words", ladder, {.k = 1}), has_near);
}

}  // namespace
}  // namespace akin
