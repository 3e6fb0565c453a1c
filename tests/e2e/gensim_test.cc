// What gensim's KeyedVectors answers, akin answers: the sample words in a real
// server, asked as a person and as a program would, beside the answers that
// tests/golden/gensim/write got from gensim itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-5;
constexpr char kGolden[] = AKIN_SOURCE_DIR "/tests/golden/gensim/";

class GensimTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    expected_ = new json(
        json::parse(std::ifstream(absl::StrCat(kGolden, "expected.json"))));
    server_ =
        new TestServer({"--load", "wiki/words=" AKIN_SOURCE_DIR
                                  "/deploy/samples/words.txt.gz,index=exact"});
    address_ = new std::string(server_->WaitUntilServing());
    ASSERT_FALSE(address_->empty()) << server_->process().errors();
    client_ = client::Client::Connect(*address_).value().release();
  }
  static void TearDownTestSuite() {
    delete client_;
    delete address_;
    delete server_;
    delete expected_;
  }

  // The answer of `akin ... --json`.
  static json Akin(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--json", "--server", *address_});
    const CliResult result = RunAkin(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return json::parse(result.output, nullptr, /*allow_exceptions=*/false);
  }

  static v1::SearchRequest Request(const json& question,
                                   v1::CombinationMethod method) {
    v1::SearchRequest request;
    request.set_model("wiki");
    request.set_table("words");
    request.mutable_options()->set_k(
        static_cast<uint32_t>(question["hits"].size()));
    request.mutable_options()->set_exact(true);
    v1::Combination& terms = *request.mutable_query()->mutable_combination();
    terms.set_method(method);
    for (const json& id : question["plus"]) {
      terms.add_plus()->mutable_id()->set_id(id.get<std::string>());
    }
    for (const json& id : question["minus"]) {
      terms.add_minus()->mutable_id()->set_id(id.get<std::string>());
    }
    return request;
  }

  static void ExpectHits(const char* questions, v1::CombinationMethod method) {
    ASSERT_FALSE((*expected_)[questions].empty());
    for (const json& question : (*expected_)[questions]) {
      SCOPED_TRACE(question["plus"].dump());
      const auto response = client_->Search(Request(question, method));
      ASSERT_THAT(response, IsOk());
      ASSERT_EQ(response->hits_size(),
                static_cast<int>(question["hits"].size()));
      for (int i = 0; i < response->hits_size(); ++i) {
        const json& hit = question["hits"][static_cast<size_t>(i)];
        EXPECT_EQ(response->hits(i).id(), hit[0].get<std::string>());
        EXPECT_NEAR(response->hits(i).score(), hit[1], kTolerance);
      }
    }
  }

  // The flags for the options of one evaluation by gensim.
  static std::vector<std::string> Flags(const json& options) {
    std::vector<std::string> flags;
    if (options.contains("restrict_vocab")) {
      flags = {"--restrict-vocab", options["restrict_vocab"].dump()};
    }
    if (!options.value("case_insensitive", true)) {
      flags.push_back("--case-sensitive");
    }
    if (options.value("dummy4unknown", false)) {
      flags.push_back("--dummy4unknown");
    }
    return flags;
  }

  static json Evaluate(const std::string& command, const std::string& file,
                       const json& options) {
    std::vector<std::string> arguments = {command, "wiki/words",
                                          kGolden + file};
    const std::vector<std::string> flags = Flags(options);
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return Akin(arguments);
  }

  static json* expected_;
  static TestServer* server_;
  static std::string* address_;
  static client::Client* client_;
};

json* GensimTest::expected_ = nullptr;
TestServer* GensimTest::server_ = nullptr;
std::string* GensimTest::address_ = nullptr;
client::Client* GensimTest::client_ = nullptr;

TEST_F(GensimTest, MostSimilar) {
  ExpectHits("most_similar", v1::COMBINATION_METHOD_3COSADD);
}

TEST_F(GensimTest, MostSimilarCosmul) {
  ExpectHits("cosmul", v1::COMBINATION_METHOD_3COSMUL);
}

TEST_F(GensimTest, DoesntMatch) {
  for (const json& question : (*expected_)["doesnt_match"]) {
    SCOPED_TRACE(question["ids"].dump());
    std::vector<std::string> arguments = {"doesnt-match", "wiki/words"};
    for (const json& id : question["ids"])
      arguments.push_back(id.get<std::string>());
    const json answer = Akin(arguments);
    EXPECT_EQ(answer["doesntMatch"], question["answer"]);
    ASSERT_EQ(answer["scores"].size(), question["ranked"].size());
    for (size_t i = 0; i < answer["scores"].size(); ++i) {
      EXPECT_EQ(answer["scores"][i]["id"], question["ranked"][i][0]);
      EXPECT_NEAR(answer["scores"][i]["score"], question["ranked"][i][1],
                  kTolerance);
    }
  }
}

TEST_F(GensimTest, SimilarityOfPairsAndSets) {
  for (const json& question : (*expected_)["similarity"]) {
    const json answer =
        Akin({"similarity", "wiki/words", question["a"].get<std::string>(),
              question["b"].get<std::string>()});
    EXPECT_NEAR(answer["similarity"], question["similarity"], kTolerance)
        << question;
  }
  for (const json& question : (*expected_)["n_similarity"]) {
    std::vector<std::string> arguments = {"similarity", "wiki/words"};
    for (const json& id : question["first"])
      arguments.push_back(id.get<std::string>());
    for (const json& id : question["second"]) {
      arguments.insert(arguments.end(), {"--and", id.get<std::string>()});
    }
    EXPECT_NEAR(Akin(arguments)["similarity"], question["similarity"],
                kTolerance)
        << question;
  }
}

TEST_F(GensimTest, RankAndCloserThan) {
  size_t listed = 0;
  for (const json& question : (*expected_)["closer_than"]) {
    const auto a = question["a"].get<std::string>();
    const auto b = question["b"].get<std::string>();
    SCOPED_TRACE(absl::StrCat(a, " ", b));
    EXPECT_EQ(Akin({"rank", "wiki/words", a, b})["rank"],
              absl::StrCat(question["rank"].get<int64_t>()));
    if (!question.contains("closer")) continue;
    const json answer = Akin({"closer-than", "wiki/words", a, b});
    json ids = json::array();
    for (const json& hit : answer["hits"]) ids.push_back(hit["id"]);
    EXPECT_EQ(ids, question["closer"]);
    ++listed;
  }
  EXPECT_GE(listed, 3u);
}

TEST_F(GensimTest, EvaluateWordAnalogies) {
  for (const json& question : (*expected_)["analogies"]) {
    SCOPED_TRACE(question["options"].dump());
    const json answer =
        Evaluate("eval-analogies", "analogies.txt", question["options"]);
    ASSERT_EQ(answer["sections"].size(), question["sections"].size());
    for (size_t i = 0; i < answer["sections"].size(); ++i) {
      for (const char* field : {"section", "correct", "asked"}) {
        EXPECT_EQ(answer["sections"][i][field], question["sections"][i][field]);
      }
    }
    EXPECT_EQ(answer["total"]["correct"], question["total"]["correct"]);
    EXPECT_EQ(answer["total"]["asked"], question["total"]["asked"]);
    EXPECT_NEAR(answer["total"]["accuracy"], question["accuracy"], 1e-12);
    EXPECT_EQ(answer["malformedLines"], 1);
  }
}

TEST_F(GensimTest, EvaluateWordPairs) {
  for (const json& question : (*expected_)["word_pairs"]) {
    SCOPED_TRACE(question["options"].dump());
    const json answer =
        Evaluate("eval-similarity", "pairs.tsv", question["options"]);
    EXPECT_NEAR(answer["spearman"], question["spearman"], kTolerance);
    EXPECT_NEAR(answer["pearson"], question["pearson"], kTolerance);
    EXPECT_NEAR(answer["unknownPercent"], question["unknown_percent"], 1e-9);
    EXPECT_EQ(answer["malformedLines"], 1) << "the heading";
  }
}

}  // namespace
}  // namespace akin
