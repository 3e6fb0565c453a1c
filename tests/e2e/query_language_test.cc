// The query language over the wire and from the shell: combinations, fusion,
// ladders, filters, groups, diversity; Score, Explain, ListIds.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class QueryLanguageE2eTest : public ServedTest {
 protected:
  static void SetUpTestSuite() {
    std::string words;
    for (const auto& [id, values] : RoyalRows()) {
      absl::StrAppend(&words, id);
      for (const float value : values) absl::StrAppend(&words, " ", value);
      absl::StrAppend(&words, "\n");
    }
    const std::string file = dir().Write("words.txt", words);
    const std::string attributes = dir().Write(
        "attributes.jsonl",
        "{\"id\":\"king\",\"sex\":\"m\",\"age\":50,\"likes\":[\"crown\"]}\n"
        "{\"id\":\"queen\",\"sex\":\"f\",\"age\":45}\n"
        "{\"id\":\"man\",\"sex\":\"m\",\"age\":30}\n"
        "{\"id\":\"woman\",\"sex\":\"f\",\"age\":31}\n"
        "{\"id\":\"boy\",\"sex\":\"m\",\"age\":7}\n"
        "{\"id\":\"girl\",\"sex\":\"f\",\"age\":8}\n");
    const std::string people = dir().Write("people.txt", "elizabeth 4 0.5 4\n");
    Serve({"--load",
           absl::StrCat("royal/words=", file, ",attributes=", attributes),
           "--load", absl::StrCat("royal/people=", people)});
  }

  static v1::SearchRequest Request(uint32_t k) {
    v1::SearchRequest request;
    request.set_model("royal");
    request.set_table("words");
    request.mutable_options()->set_k(k);
    return request;
  }

  static v1::Query Id(const std::string& id, const std::string& table = "") {
    v1::Query query;
    query.mutable_id()->set_id(id);
    query.mutable_id()->set_table(table);
    return query;
  }

  static std::vector<std::string> Ids(const v1::SearchResponse& response) {
    std::vector<std::string> ids;
    for (const v1::Hit& hit : response.hits()) ids.push_back(hit.id());
    return ids;
  }
};

TEST_F(QueryLanguageE2eTest, AProductOfSimilarities) {
  v1::SearchRequest request = Request(1);
  v1::Combination& combination =
      *request.mutable_query()->mutable_combination();
  combination.set_method(v1::COMBINATION_METHOD_3COSMUL);
  combination.add_plus()->mutable_id()->set_id("king");
  combination.add_plus()->mutable_id()->set_id("woman");
  combination.add_minus()->mutable_id()->set_id("man");
  const auto response = client().Search(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(Ids(*response), ElementsAre("queen"));
  // (1 + cos(queen, king)) / 2 times that of woman, over that of man.
  const double expected = 0.75 * (1 + std::sqrt(0.5)) / 2 / (0.5 + 1e-6);
  EXPECT_NEAR(response->hits(0).score(), expected, 1e-5);
}

TEST_F(QueryLanguageE2eTest, AColdUserFallsFromRungToRung) {
  v1::SearchRequest request = Request(2);
  v1::FirstOf& ladder = *request.mutable_query()->mutable_first_of();
  *ladder.add_queries() = Id("nobody", "people");
  v1::Combination& history = *ladder.add_queries()->mutable_combination();
  history.set_method(v1::COMBINATION_METHOD_MEAN);
  history.set_skip_unknown(true);
  history.add_plus()->mutable_id()->set_id("gone");
  ladder.add_fallback_ids("crown");
  ladder.add_fallback_ids("unknown");
  ladder.add_fallback_ids("girl");
  auto response = client().Search(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->rung(), 3u);
  EXPECT_THAT(Ids(*response), ElementsAre("crown", "girl"));

  history.add_plus()->mutable_id()->set_id("woman");
  response = client().Search(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->rung(), 2u);
  EXPECT_THAT(Ids(*response), ElementsAre("girl", "queen"));

  ladder.mutable_queries(0)->mutable_id()->set_id("elizabeth");
  response = client().Search(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->rung(), 1u);
  EXPECT_EQ(response->hits(0).id(), "queen");
}

TEST_F(QueryLanguageE2eTest, FusesQueries) {
  v1::SearchRequest request = Request(3);
  v1::Fusion& fusion = *request.mutable_query()->mutable_fusion();
  *fusion.add_parts()->mutable_query() = Id("king");
  *fusion.add_parts()->mutable_query() = Id("queen");
  const auto response = client().Search(request);
  ASSERT_THAT(response, IsOk());
  // crown is second to both; man and woman are first to one, fifth to the
  // other.
  EXPECT_EQ(response->hits(0).id(), "crown");
  EXPECT_NEAR(response->hits(0).score(), 2.0 / 62, 1e-6);
}

TEST_F(QueryLanguageE2eTest, FiltersGroupsAndDiversity) {
  v1::SearchRequest request = Request(5);
  *request.mutable_query() = Id("king");
  v1::Predicate& filter = *request.mutable_options()->mutable_filter();
  filter.mutable_range()->set_attribute("age");
  filter.mutable_range()->mutable_low()->set_int_value(30);
  request.mutable_options()->set_return_attributes(true);
  auto response = client().Search(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(Ids(*response), UnorderedElementsAre("man", "queen", "woman"));
  EXPECT_EQ(response->shortfall().reason(), v1::SHORTFALL_REASON_FILTER)
      << "it holds for king too, which is 4 of 7";
  ASSERT_EQ(response->hits(0).attributes_size(), 2);
  EXPECT_EQ(response->hits(0).attributes(0).name(), "sex");
  EXPECT_EQ(response->hits(0).attributes(0).values(0).string_value(), "m");
  EXPECT_EQ(response->hits(0).attributes(1).values(0).int_value(), 30);

  request = Request(2);
  *request.mutable_query() = Id("king");
  request.mutable_options()->mutable_group_by()->set_attribute("sex");
  response = client().Search(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(Ids(*response), ElementsAre("man", "crown"))
      << "crown has no sex and is a group of its own";

  request = Request(7);
  *request.mutable_query() = Id("king");
  v1::AttributeIds& from = *request.mutable_options()->mutable_exclude_from();
  from.set_attribute("likes");
  from.mutable_item()->set_id("king");
  response = client().Search(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(Ids(*response), Not(testing::Contains("crown")));
  EXPECT_EQ(response->hits_size(), 5);

  request = Request(2);
  *request.mutable_query() = Id("boy");
  request.mutable_options()->mutable_diversity()->set_lambda(0.3f);
  response = client().Search(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->hits(0).id(), "man");
  EXPECT_NE(response->hits(1).id(), "king") << "it is much like man";
}

TEST_F(QueryLanguageE2eTest, SaysWhatIsWrongWithAFilter) {
  v1::SearchRequest request = Request(1);
  *request.mutable_query() = Id("king");
  v1::In& in = *request.mutable_options()->mutable_filter()->mutable_in();
  in.set_attribute("aeg");
  in.add_values()->set_int_value(30);
  EXPECT_THAT(client().Search(request),
              IsStatus(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("aeg"), HasSubstr("age"))));
  in.set_attribute("sex");
  EXPECT_THAT(client().Search(request),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("sex")));
  in.set_attribute("sex");
  request.set_table("people");
  EXPECT_THAT(client().Search(request),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("attribute")));
}

TEST_F(QueryLanguageE2eTest, ScoresIdsAndQueries) {
  v1::ScoreRequest request;
  request.set_model("royal");
  request.set_table("words");
  *request.mutable_query() = Id("king");
  request.add_ids("queen");
  request.add_ids("nobody");
  request.add_ids("king");
  auto response = client().Score(request);
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->scores_size(), 3);
  EXPECT_NEAR(response->scores(0), 0.5, 1e-6);
  EXPECT_TRUE(std::isnan(response->scores(1)));
  EXPECT_NEAR(response->scores(2), 1, 1e-6);
  EXPECT_THAT(response->unknown_ids(), ElementsAre("nobody"));
  request.clear_ids();
  EXPECT_THAT(client().Score(request),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("got 0 ids and 0 queries")));
  *request.add_queries() = Id("elizabeth", "people");
  response = client().Score(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_NEAR(response->scores(0), 9 / std::sqrt(8.0) / std::sqrt(32.25), 1e-5);
}

TEST_F(QueryLanguageE2eTest, ExplainsWhatKeepsAnIdOut) {
  v1::ExplainRequest request;
  *request.mutable_request() = Request(1);
  *request.mutable_request()->mutable_query() = Id("king");
  request.set_id("queen");
  auto response = client().Explain(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_FALSE(response->found());
  EXPECT_EQ(response->rank(), 4u) << "behind man, crown and boy";
  EXPECT_THAT(response->obstacles(), ElementsAre(v1::OBSTACLE_RANK));
  request.set_id("man");
  response = client().Explain(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_TRUE(response->found());
  EXPECT_THAT(response->obstacles(), IsEmpty());
  request.mutable_request()->mutable_options()->add_exclude_ids("man");
  response = client().Explain(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(response->obstacles(), testing::Contains(v1::OBSTACLE_EXCLUDED));
  request.set_id("nobody");
  EXPECT_THAT(client().Explain(request),
              IsStatus(StatusCode::kNotFound, HasSubstr("nobody")));
}

TEST_F(QueryLanguageE2eTest, ListsIdsPageByPage) {
  v1::ListIdsRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.set_page_size(3);
  std::vector<std::string> ids;
  for (int page = 0; page < 3; ++page) {
    const auto response = client().ListIds(request);
    ASSERT_THAT(response, IsOk());
    ids.insert(ids.end(), response->ids().begin(), response->ids().end());
    request.set_page_token(response->next_page_token());
  }
  EXPECT_THAT(ids, ElementsAre("king", "queen", "man", "woman", "boy", "girl",
                               "crown"));
  EXPECT_EQ(request.page_token(), "");
  request.set_page_token("7 of nothing");
  EXPECT_THAT(client().ListIds(request),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("token")));
}

TEST_F(QueryLanguageE2eTest, FromTheShell) {
  CliResult result = Akin({"search", "royal/words", "--id", "king", "--where",
                           "sex = 'f' and age > 40", "--attributes"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("queen"), HasSubstr("sex=f"),
                                   Not(HasSubstr("woman"))));
  result = Akin({"search", "royal/words", "--plus", "king", "--plus", "woman",
                 "--minus", "man", "--method", "mul", "-k", "1"});
  EXPECT_THAT(result.output, HasSubstr("queen"));
  result = Akin({"search", "royal/words", "--id", "people:nobody", "--history",
                 "woman", "-k", "1"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("girl"), HasSubstr("answered by number 2")));
  result = Akin({"score", "royal/words", "--id", "king", "queen", "man"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("0.7071"));
  result = Akin({"explain", "royal/words", "--id", "king", "-k", "1", "queen"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("rank 4"));
  result = Akin({"ids", "royal/words", "--prefix", "k"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output, "king\n");
  result = Akin({"search", "royal/words", "--id", "king", "--where", "age >"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors, HasSubstr("--where, at character 6"));
}

}  // namespace
}  // namespace akin
