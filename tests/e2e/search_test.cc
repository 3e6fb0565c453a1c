// Every rpc and every CLI command against a real server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using ::testing::StartsWith;

class SearchE2eTest : public ServedTest {
 protected:
  static void SetUpTestSuite() { Serve(RoyalLoads(dir())); }

  static v1::SearchRequest ById(const std::string& id, uint32_t k,
                                const std::string& model = "royal") {
    v1::SearchRequest request;
    request.set_model(model);
    request.set_table("words");
    request.mutable_query()->mutable_id()->set_id(id);
    request.mutable_options()->set_k(k);
    return request;
  }

  template <class Hits>
  static std::vector<std::string> Ids(const Hits& hits) {
    std::vector<std::string> ids;
    for (const auto& hit : hits) ids.push_back(hit.id());
    return ids;
  }
};

TEST_F(SearchE2eTest, ByIdInThreeMetrics) {
  const auto cosine = client().Search(ById("king", 2));
  ASSERT_THAT(cosine, IsOk());
  EXPECT_THAT(Ids(cosine->hits()), ElementsAre("man", "crown"));
  EXPECT_FLOAT_EQ(cosine->hits(0).score(), std::sqrt(0.5f));
  EXPECT_EQ(cosine->version(), 1);
  EXPECT_EQ(cosine->model(), "royal");
  EXPECT_TRUE(cosine->stats().exact());

  const auto dot = client().Search(ById("king", 2, "royal-dot"));
  EXPECT_THAT(Ids(dot->hits()), ElementsAre("crown", "queen"));
  EXPECT_FLOAT_EQ(dot->hits(0).score(), 6.0f);

  const auto l2 = client().Search(ById("king", 2, "royal-l2"));
  EXPECT_THAT(Ids(l2->hits()), ElementsAre("man", "crown"));
  EXPECT_FLOAT_EQ(l2->hits(0).score(), -4.0f);
}

TEST_F(SearchE2eTest, ByVectorInEveryEncoding) {
  v1::SearchRequest request = ById("", 1);
  auto* vector = request.mutable_query()->mutable_vector();
  for (const float x : {1.0f, 0.0f, 1.0f}) {
    vector->mutable_floats()->add_values(x);
  }
  EXPECT_THAT(Ids(client().Search(request)->hits()), ElementsAre("queen"));

  const float f32[3] = {1, 0, 1};
  const uint16_t f16[3] = {0x3C00, 0, 0x3C00};
  const int8_t i8[3] = {100, 0, 100};
  const auto packed = [&](const void* data, size_t bytes, v1::DType dtype) {
    vector->mutable_packed()->set_data(data, bytes);
    vector->mutable_packed()->set_dtype(dtype);
    return Ids(client().Search(request)->hits());
  };
  EXPECT_THAT(packed(f32, sizeof(f32), v1::DTYPE_F32), ElementsAre("queen"));
  EXPECT_THAT(packed(f16, sizeof(f16), v1::DTYPE_F16), ElementsAre("queen"));
  EXPECT_THAT(packed(i8, sizeof(i8), v1::DTYPE_I8), ElementsAre("queen"));
}

TEST_F(SearchE2eTest, ByIdOfAnotherTable) {
  v1::SearchRequest request = ById("elizabeth", 1);
  request.mutable_query()->mutable_id()->set_table("people");
  EXPECT_THAT(Ids(client().Search(request)->hits()), ElementsAre("queen"));
}

TEST_F(SearchE2eTest, Analogy) {
  v1::SearchRequest request = ById("", 1);
  auto* terms = request.mutable_query()->mutable_combination();
  terms->add_plus()->mutable_id()->set_id("king");
  terms->add_plus()->mutable_id()->set_id("woman");
  terms->add_minus()->mutable_id()->set_id("man");
  EXPECT_THAT(Ids(client().Search(request)->hits()), ElementsAre("queen"));
}

TEST_F(SearchE2eTest, VersionsByNumberAndLabel) {
  v1::SearchRequest request = ById("king", 1);
  request.set_label("stable");
  EXPECT_THAT(client().Search(request), IsOk());
  request.set_version(1);
  EXPECT_THAT(client().Search(request), IsOk());
  request.set_version(2);
  EXPECT_THAT(client().Search(request), IsStatus(absl::StatusCode::kNotFound,
                                                 HasSubstr("version \"2\"")));
  request.set_label("canary");
  EXPECT_THAT(client().Search(request),
              IsStatus(absl::StatusCode::kNotFound, HasSubstr("canary")));
}

TEST_F(SearchE2eTest, OptionsWork) {
  v1::SearchRequest request = ById("king", 6);
  auto* options = request.mutable_options();
  options->set_exact(true);
  options->add_exclude_ids("man");
  options->set_min_score(0.5f);
  options->set_return_vectors(true);
  const auto response = client().Search(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(Ids(response->hits()), ElementsAre("crown", "boy"));
  EXPECT_THAT(response->hits(1).vector(),
              Pointwise(FloatNear(1e-5f), {0.0f, 1.0f, 0.2f}));
  EXPECT_EQ(response->shortfall().missing(), 4u);
  EXPECT_EQ(response->shortfall().reason(), v1::SHORTFALL_REASON_MIN_SCORE);
}

TEST_F(SearchE2eTest, BatchesAnswerInOrderAndFailAlone) {
  v1::BatchSearchRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.mutable_options()->set_k(1);
  for (const char* id : {"king", "nobody", "queen"}) {
    request.add_queries()->mutable_id()->set_id(id);
  }
  const auto response = client().BatchSearch(request);
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->results_size(), 3);
  EXPECT_THAT(Ids(response->results(0).hits()), ElementsAre("man"));
  EXPECT_EQ(response->results(1).error().code(), 5);
  EXPECT_THAT(response->results(1).error().message(), HasSubstr("nobody"));
  EXPECT_THAT(Ids(response->results(2).hits()), ElementsAre("woman"));
}

TEST_F(SearchE2eTest, GetVectorsGivesOriginals) {
  v1::GetVectorsRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.add_ids("crown");
  request.add_ids("king");
  const auto response = client().GetVectors(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(Ids(response->vectors()), ElementsAre("crown", "king"));
  EXPECT_THAT(response->vectors(1).values(),
              Pointwise(FloatNear(1e-5f), {2.0f, 2.0f, 0.0f}));
}

TEST_F(SearchE2eTest, CatalogDescribesWhatIsServed) {
  const auto models = client().ListModels({});
  ASSERT_THAT(models, IsOk());
  ASSERT_EQ(models->models_size(), 3);
  EXPECT_EQ(models->models(0).name(), "royal");

  v1::GetModelRequest request;
  request.set_model("royal-l2");
  const auto model = client().GetModel(request);
  ASSERT_THAT(model, IsOk());
  const v1::ModelVersion& version = model->model().versions(0);
  EXPECT_THAT(version.labels(), ElementsAre("stable"));
  ASSERT_EQ(version.tables_size(), 2);
  const v1::Table& words = version.tables(0);
  EXPECT_EQ(words.name(), "words");
  EXPECT_EQ(words.dimension(), 3u);
  EXPECT_EQ(words.rows(), 7u);
  EXPECT_EQ(words.metric(), v1::METRIC_L2);
  EXPECT_EQ(words.index(), v1::INDEX_KIND_EXACT);
  EXPECT_GT(words.memory_bytes(), 0u);
  EXPECT_EQ(words.load_report().source(), "words.txt");
  EXPECT_EQ(words.load_report().format(), "GloVe text");

  const auto info = client().GetServerInfo({});
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->state(), v1::SERVER_STATE_SERVING);
  EXPECT_EQ(info->limits().max_k(), 10'000u);
  EXPECT_FALSE(info->cpu_target().empty());
}

TEST_F(SearchE2eTest, CliSearchesAsDesigned) {
  const auto by_id = Akin({"search", "royal/words", "--id", "king", "-k", "2"});
  EXPECT_EQ(by_id.exit_code, 0) << by_id.errors;
  EXPECT_THAT(by_id.output, AllOf(HasSubstr("man"), HasSubstr("0.7071")));

  const auto other =
      Akin({"search", "royal/words", "--id", "people:elizabeth", "-k", "1"});
  EXPECT_THAT(other.output, HasSubstr("queen"));

  const auto vector =
      Akin({"search", "royal/words", "--vector", "[1, 0, 1]", "-k", "1"});
  EXPECT_THAT(vector.output, HasSubstr("queen"));

  const auto analogy = Akin({"search", "royal/words", "--plus", "king",
                             "--plus", "woman", "--minus", "man", "-k", "1"});
  EXPECT_THAT(analogy.output, HasSubstr("queen"));

  const auto version = Akin({"search", "royal/words", "--id", "king",
                             "--version", "1", "-k", "1", "--exact"});
  EXPECT_EQ(version.exit_code, 0) << version.errors;

  const auto file = dir().Write("q.json", "[1, 0, 1]");
  EXPECT_THAT(
      Akin({"search", "royal/words", "--vector-file", file, "-k", "1"}).output,
      HasSubstr("queen"));
}

TEST_F(SearchE2eTest, CliPrintsJson) {
  const auto search =
      Akin({"search", "royal/words", "--id", "king", "-k", "1", "--json"});
  EXPECT_THAT(search.output, AllOf(HasSubstr("\"id\":\"man\""),
                                   HasSubstr("\"version\":\"1\"")));
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"models"},
        {"model", "royal"},
        {"info"},
        {"get", "royal/words", "king"}}) {
    std::vector<std::string> arguments = command;
    arguments.push_back("--json");
    const auto result = Akin(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_THAT(result.output, StartsWith("{"));
  }
}

TEST_F(SearchE2eTest, CliShowsTheCatalog) {
  EXPECT_THAT(Akin({"models"}).output,
              AllOf(HasSubstr("royal-dot"), HasSubstr("people")));
  EXPECT_THAT(Akin({"model", "royal"}).output,
              AllOf(HasSubstr("cosine"), HasSubstr("words.txt")));
  EXPECT_THAT(Akin({"info"}).output, HasSubstr("10,000"));
  EXPECT_THAT(Akin({"get", "royal/words", "crown"}).output, HasSubstr("3"));
}

TEST_F(SearchE2eTest, CliExitCodes) {
  const auto unknown = Akin({"search", "royal/words", "--id", "kng"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("did you mean \"king\""));
  EXPECT_EQ(unknown.output, "");
  EXPECT_EQ(Akin({"model", "nothing"}).exit_code, 1);
  EXPECT_EQ(Akin({"get", "royal/words", "nobody"}).exit_code, 1);

  EXPECT_EQ(Akin({"search", "royal/words"}).exit_code, 2);
  EXPECT_EQ(Akin({"search", "royal", "--id", "king"}).exit_code, 2);
  EXPECT_EQ(Akin({"frobnicate"}).exit_code, 2);
  const auto both = Akin({"search", "royal/words", "--id", "king", "--version",
                          "1", "--label", "stable"});
  EXPECT_EQ(both.exit_code, 2);

  const auto nobody = RunAkin({"--server", "127.0.0.1:1", "info"});
  EXPECT_EQ(nobody.exit_code, 3);
  EXPECT_THAT(nobody.errors, HasSubstr("127.0.0.1:1"));
  EXPECT_EQ(RunAkin({"--help"}).exit_code, 0);
}

TEST_F(SearchE2eTest, CliFindsIdsWithoutTheirCase) {
  const auto exact = Akin({"search", "royal/words", "--id", "KING", "-k", "1"});
  EXPECT_EQ(exact.exit_code, 1);
  EXPECT_THAT(exact.errors, HasSubstr("did you mean \"king\"?"));
  const auto folded =
      Akin({"search", "royal/words", "--id", "KING", "-k", "1", "--fold-case"});
  EXPECT_EQ(folded.exit_code, 0) << folded.errors;
  EXPECT_THAT(folded.output, HasSubstr("man"));
  const auto got = Akin({"get", "royal/words", "Crown", "--fold-case"});
  EXPECT_EQ(got.exit_code, 0) << got.errors;
  EXPECT_THAT(got.output, HasSubstr("crown"));
  const auto scored = Akin({"score", "royal/words", "--id", "KING", "Queen",
                            "Nobody", "--fold-case"});
  EXPECT_EQ(scored.exit_code, 0) << scored.errors;
  EXPECT_THAT(scored.output, AllOf(HasSubstr("queen"), HasSubstr("0.5000"),
                                   HasSubstr("Nobody")));
  const auto explained =
      Akin({"explain", "royal/words", "--id", "KING", "MAN", "--fold-case"});
  EXPECT_EQ(explained.exit_code, 0) << explained.errors;
  EXPECT_THAT(explained.output, StartsWith("man has score"));
}

}  // namespace
}  // namespace akin
