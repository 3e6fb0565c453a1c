#include "index/query/run_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "index/base/error_facts.h"
#include "index/base/limits.h"
#include "index/table/attributes_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::string> Ids(const absl::StatusOr<Answer>& answer) {
  std::vector<std::string> ids;
  if (!answer.ok()) return {std::string(answer.status().message())};
  for (const Hit& hit : answer->hits) ids.emplace_back(hit.id);
  return ids;
}

class RunQueryTest : public testing::Test {
 protected:
  absl::StatusOr<Answer> Run(const Query& query, SearchOptions options = {}) {
    if (options.k == 0) options.k = 3;
    return RunQuery(*version_, "words", query, options);
  }
  absl::StatusOr<Answer> RunWithK(uint32_t k) {
    SearchOptions options;
    options.k = k;
    return RunQuery(*version_, "words", ItemRef{"", "king"}, options);
  }
  absl::StatusOr<Answer> RunVector(const std::vector<float>& vector) {
    return Run(Query(absl::MakeConstSpan(vector)));
  }

  std::shared_ptr<const Version> version_ = RoyalVersion();
};

TEST_F(RunQueryTest, ByVector) {
  const auto answer = RunVector({1, 1, 0});
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(Ids(answer), ElementsAre("king", "man", "crown"));
  EXPECT_FLOAT_EQ(answer->hits[0].score, 1.0f);
  EXPECT_LE(answer->hits[0].score, 1.0f);
  EXPECT_FALSE(answer->shortfall.has_value());
  EXPECT_TRUE(answer->stats.exact);
}

TEST_F(RunQueryTest, ByIdLeavesTheIdOut) {
  EXPECT_THAT(Ids(Run(ItemRef{"", "king"})),
              ElementsAre("man", "crown", "boy"));
}

TEST_F(RunQueryTest, ByIdOfAnotherTable) {
  EXPECT_THAT(Ids(Run(ItemRef{"people", "elizabeth"})),
              ElementsAre("queen", "girl", "woman"));
  // An id of another table leaves out nothing, whatever it is called.
  EXPECT_THAT(Ids(Run(ItemRef{"people", "king"})),
              ElementsAre("man", "boy", "king"));
  EXPECT_THAT(Ids(Run(ItemRef{"words", "king"})),
              ElementsAre("man", "crown", "boy"));
}

TEST_F(RunQueryTest, Analogy) {
  Combination analogy;
  analogy.plus = {{ItemRef{"", "king"}}, {ItemRef{"", "woman"}}};
  analogy.minus = {{ItemRef{"", "man"}}};
  const auto answer = Run(analogy);
  EXPECT_THAT(Ids(answer), testing::Contains("queen"));
  EXPECT_EQ(answer->hits[0].id, "queen");
  for (const std::string& id : Ids(answer)) {
    EXPECT_THAT(id, AllOf(testing::Ne("king"), testing::Ne("man"),
                          testing::Ne("woman")));
  }
}

TEST_F(RunQueryTest, CombinationScalesTermsToLengthOneAndWeighs) {
  const std::vector<float> x = {9, 0, 0};
  const std::vector<float> y = {0, 0.5, 0};
  Combination both;
  both.plus = {{absl::MakeConstSpan(x), 3.0f}, {absl::MakeConstSpan(y), 4.0f}};
  const auto answer = Run(both);
  ASSERT_THAT(answer, IsOk());
  // (3, 4, 0) / 5 against king (1, 1, 0) / sqrt 2.
  EXPECT_EQ(answer->hits[0].id, "king");
  EXPECT_NEAR(answer->hits[0].score, 7 / (5 * std::sqrt(2.0)), 1e-6);
}

TEST_F(RunQueryTest, DotAndL2UseVectorsAsTheyAre) {
  const std::vector<float> query = {1, 0, 0};
  SearchOptions options;
  options.k = 1;
  const auto dot_version = RoyalVersion(1, Metric::kDot);
  const auto dot =
      RunQuery(*dot_version, "words", absl::MakeConstSpan(query), options);
  EXPECT_EQ(dot->hits[0].id, "crown");
  EXPECT_FLOAT_EQ(dot->hits[0].score, 3.0f);
  const auto l2_version = RoyalVersion(1, Metric::kL2);
  const auto l2 =
      RunQuery(*l2_version, "words", absl::MakeConstSpan(query), options);
  EXPECT_EQ(l2->hits[0].id, "boy");
  EXPECT_FLOAT_EQ(l2->hits[0].score, -(1 + 1 + 0.04f));
}

TEST_F(RunQueryTest, ScoresAreFiniteOrTheQueryIsRefused) {
  const std::vector<float> largest = {4e18f, -2e18f, 1e18f};
  const std::vector<float> longer = {3e38f, -3e38f, 3e38f};
  SearchOptions options;
  options.k = 7;
  for (const Metric metric : {Metric::kDot, Metric::kL2}) {
    const auto version = RoyalVersion(1, metric);
    const auto answer =
        RunQuery(*version, "words", absl::MakeConstSpan(largest), options);
    ASSERT_THAT(answer, IsOk());
    for (const Hit& hit : answer->hits) {
      EXPECT_TRUE(std::isfinite(hit.score)) << hit.score;
    }
    EXPECT_THAT(
        RunQuery(*version, "words", absl::MakeConstSpan(longer), options),
        IsStatus(StatusCode::kInvalidArgument,
                 HasSubstr("expected at most 5e+18")));
    Combination sum;
    sum.plus = {{absl::MakeConstSpan(largest), 3e38f}};
    EXPECT_THAT(RunQuery(*version, "words", sum, options),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr("length")));
  }
  EXPECT_THAT(RunVector(longer), IsOk());  // cosine only needs a direction
}

TEST_F(RunQueryTest, ABatchOfManySlicesKeepsItsOrder) {
  WorkerPool pool(2);
  std::vector<Query> queries;
  queries.reserve(1000);
  for (int i = 0; i < 1000; ++i) {
    queries.push_back(ItemRef{"", i % 3 == 0   ? "king"
                                  : i % 3 == 1 ? "no"
                                               : "queen"});
  }
  SearchOptions options;
  options.k = 1;
  options.exclude_ids = {"woman"};
  const auto batch = RunBatch(*version_, "words", queries, options, &pool);
  ASSERT_THAT(batch, IsOk());
  ASSERT_THAT(*batch, SizeIs(1000));
  for (int i = 0; i < 1000; ++i) {
    if (i % 3 == 1) {
      EXPECT_FALSE((*batch)[i].ok());
    } else {
      EXPECT_THAT(Ids((*batch)[i]), ElementsAre(i % 3 == 0 ? "man" : "crown"));
    }
  }
}

TEST_F(RunQueryTest, ReturnsVectorsAsTrained) {
  SearchOptions options;
  options.return_vectors = true;
  const auto answer = Run(ItemRef{"", "queen"}, options);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->hits[2].id, "girl");
  EXPECT_THAT(
      answer->hits[2].vector,
      testing::Pointwise(testing::FloatNear(1e-6f), {0.0f, 0.2f, 1.0f}));
}

TEST_F(RunQueryTest, ExclusionsAndThresholdExplainAShortfall) {
  SearchOptions options;
  options.k = 6;
  options.exclude_ids = {"man", "boy", "unknown", "man"};
  const auto excluded = Run(ItemRef{"", "king"}, options);
  EXPECT_THAT(Ids(excluded), ElementsAre("crown", "queen", "girl", "woman"));
  ASSERT_TRUE(excluded->shortfall.has_value());
  EXPECT_EQ(excluded->shortfall->reason, Shortfall::Reason::kExcluded);
  EXPECT_EQ(excluded->shortfall->missing, 2u);

  SearchOptions threshold;
  threshold.k = 3;
  threshold.min_score = 0.7f;
  const auto scored = Run(ItemRef{"", "king"}, threshold);
  EXPECT_THAT(Ids(scored), ElementsAre("man", "crown"));
  threshold.min_score = 0.9f;
  const auto none = Run(ItemRef{"", "king"}, threshold);
  ASSERT_THAT(none, IsOk());
  EXPECT_THAT(none->hits, SizeIs(0));
  EXPECT_EQ(none->shortfall->reason, Shortfall::Reason::kMinScore);

  const auto all = RunWithK(100);
  EXPECT_THAT(all->hits, SizeIs(6));
  EXPECT_EQ(all->shortfall->reason, Shortfall::Reason::kTableSize);
  EXPECT_EQ(all->shortfall->missing, 94u);
}

TEST_F(RunQueryTest, RefusesBadVectors) {
  EXPECT_THAT(RunVector({1, 2}),
              IsStatus(StatusCode::kInvalidArgument,
                       "table royal/words has 3 dimensions, the query has 2"));
  const auto facts = FactsOf(RunVector({1, 2}).status());
  EXPECT_EQ(std::get<DimensionMismatch>(*facts).actual, 2u);
  EXPECT_THAT(RunVector({}), IsStatus(StatusCode::kInvalidArgument,
                                      HasSubstr("the query has 0")));
  EXPECT_THAT(
      RunVector({1, std::nanf(""), 2}),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("nan as number 2")));
  EXPECT_THAT(RunVector({1, 2, std::numeric_limits<float>::infinity()}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("inf")));
  EXPECT_THAT(RunVector({0, 0, 0}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("zero vector")));
  EXPECT_THAT(Run(Query()),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("empty")));
}

TEST_F(RunQueryTest, RefusesUnknownNamesAndSuggests) {
  EXPECT_THAT(
      Run(ItemRef{"", "King"}),
      IsStatus(StatusCode::kNotFound,
               "id \"King\" does not exist in table royal/words; did you mean "
               "\"king\"?"));
  EXPECT_THAT(Run(ItemRef{"peple", "king"}),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"people\"")));
  EXPECT_THAT(RunQuery(*version_, "word", ItemRef{"", "king"}, {.k = 1}),
              IsStatus(StatusCode::kNotFound,
                       AllOf(HasSubstr("which has words, people"),
                             HasSubstr("did you mean \"words\"?"))));
  EXPECT_THAT(Run(ItemRef{"", ""}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("0 bytes")));
  EXPECT_THAT(Run(ItemRef{"", std::string(513, 'x')}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("513 bytes")));
}

TEST_F(RunQueryTest, RefusesBadOptions) {
  EXPECT_THAT(RunWithK(0), IsStatus(StatusCode::kInvalidArgument,
                                    "k is 0, expected 1 to 10000"));
  EXPECT_THAT(RunWithK(10'001),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("k is 10001")));
  EXPECT_THAT(RunWithK(0xFFFF'FFFF),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("4294967295")));
  SearchOptions options;
  options.min_score = std::nanf("");
  EXPECT_THAT(Run(ItemRef{"", "king"}, options),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("min_score")));
  SearchOptions excluding;
  excluding.exclude_ids.resize(kMaxExcludeIds + 1, "x");
  EXPECT_THAT(Run(ItemRef{"", "king"}, excluding),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("exclude_ids")));
}

TEST_F(RunQueryTest, RefusesBadCombinations) {
  EXPECT_THAT(Run(Combination{}), IsStatus(StatusCode::kInvalidArgument,
                                           HasSubstr("combination is 0")));
  Combination cancelling;
  cancelling.plus = {{ItemRef{"", "king"}}};
  cancelling.minus = {{ItemRef{"", "king"}}};
  EXPECT_THAT(Run(cancelling),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("cancel out")));
  for (const float weight : {-1.0f, std::nanf(""), HUGE_VALF}) {
    Combination weighted;
    weighted.plus = {{ItemRef{"", "king"}, weight}};
    EXPECT_THAT(Run(weighted),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr("weight")));
  }
  Combination weightless;
  weightless.plus = {{ItemRef{"", "king"}, 0.0f}};
  EXPECT_THAT(Run(weightless),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("cancel out")));
  Combination many;
  many.plus.resize(kMaxCombinationTerms + 1, {ItemRef{"", "king"}, 1.0f});
  EXPECT_THAT(Run(many), IsStatus(StatusCode::kInvalidArgument,
                                  HasSubstr("is 1001, expected 1 to 1000")));
}

TEST_F(RunQueryTest, BatchAnswersEqualSingleOnesAndFailAlone) {
  WorkerPool pool(2);
  const std::vector<float> wrong = {1};
  const std::vector<Query> queries = {
      ItemRef{"", "king"}, ItemRef{"", "nobody"}, absl::MakeConstSpan(wrong),
      Query(), ItemRef{"people", "elizabeth"}};
  SearchOptions options;
  options.k = 3;
  const auto batch = RunBatch(*version_, "words", queries, options, &pool);
  ASSERT_THAT(batch, IsOk());
  ASSERT_THAT(*batch, SizeIs(5));
  for (size_t i = 0; i < queries.size(); ++i) {
    const auto single = RunQuery(*version_, "words", queries[i], options);
    EXPECT_EQ(single.ok(), (*batch)[i].ok());
    EXPECT_EQ(Ids(single), Ids((*batch)[i]));
  }
}

TEST_F(RunQueryTest, BatchRefusesWhatItsQueriesShare) {
  WorkerPool pool(1);
  SearchOptions options;
  options.k = 3;
  EXPECT_THAT(
      RunBatch(*version_, "words", {}, options, &pool),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("queries is 0")));
  const std::vector<Query> many(10'001, ItemRef{"", "king"});
  EXPECT_THAT(RunBatch(*version_, "words", many, options, &pool),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("10001")));
  const std::vector<Query> one(1, ItemRef{"", "king"});
  EXPECT_THAT(RunBatch(*version_, "nowhere", one, options, &pool),
              IsStatus(StatusCode::kNotFound, HasSubstr("nowhere")));
}

TEST(RunQueryLimits, RefusesAnswersLargerThanAMessage) {
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(
      Indexed(MakeTable("t", Metric::kDot, RandomRows(2000, 2100, 1))));
  const Version version("m", 1, std::move(tables));
  SearchOptions options;
  options.k = 2000;
  options.return_vectors = true;
  EXPECT_THAT(RunQuery(version, "t", ItemRef{"", "r0"}, options),
              IsStatus(StatusCode::kResourceExhausted,
                       HasSubstr("a message has at most 16777216")));
  const std::vector<absl::string_view> ids(2000, "r0");
  EXPECT_THAT(GetVectors(version, "t", ids),
              IsStatus(StatusCode::kResourceExhausted, HasSubstr("bytes")));
}

TEST(RunQueryLimits, RefusesAttributesLongerThanAMessage) {
  auto indexed = std::make_unique<IndexedTable>(
      MakeTable("t", Metric::kDot, RandomRows(1000, 2, 1)));
  AttributesBuilder builder(1000);
  const size_t text = *builder.AddColumn("text", AttributeType::kKeyword);
  const std::string keyword(kMaxKeywordBytes, 'x');
  for (uint32_t row = 0; row < 1000; ++row) {
    ASSERT_THAT(builder.Add(text, row, absl::string_view(keyword)), IsOk());
  }
  indexed->SetAttributes(*std::move(builder).Build(nullptr));
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(std::move(indexed));
  const Version version("m", 1, std::move(tables));
  SearchOptions options;
  options.k = 900;
  options.return_attributes = true;
  // 36,000 hits of over 512 bytes, searched for together and each by itself.
  const std::vector<Query> queries(40, ItemRef{"", "r0"});
  WorkerPool pool(2);
  for (const bool grouped : {false, true}) {
    if (grouped) options.group_by = Grouping{"text", 900};
    EXPECT_THAT(RunQuery(version, "t", queries[0], options), IsOk());
    EXPECT_THAT(RunBatch(version, "t", queries, options, &pool),
                IsStatus(StatusCode::kResourceExhausted,
                         HasSubstr("a message has at most 16777216")));
  }
}

TEST_F(RunQueryTest, GetVectorsGivesOriginalsInOrder) {
  const std::vector<absl::string_view> ids = {"crown", "king", "crown"};
  const auto vectors = GetVectors(*version_, "words", ids);
  ASSERT_THAT(vectors, IsOk());
  ASSERT_EQ(vectors->size(), 3u);
  EXPECT_THAT((*vectors)[0].values, ElementsAre(3, 0, 0));
  EXPECT_THAT(
      (*vectors)[1].values,
      testing::Pointwise(testing::FloatNear(1e-6f), {2.0f, 2.0f, 0.0f}));
  EXPECT_THAT((*vectors)[2].values, ElementsAre(3, 0, 0));
  EXPECT_EQ((*vectors)[1].id, "king");
  EXPECT_THAT(GetVectors(*version_, "words", {"king", "kng"}),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"kng\"")));
  EXPECT_THAT(GetVectors(*version_, "words", {}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("ids is 0")));
}

}  // namespace
}  // namespace akin
