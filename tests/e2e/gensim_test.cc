// What gensim's KeyedVectors answers, akin answers: the same vectors in a real
// server, asked as a person and as a program would, beside the answers that
// tests/golden/gensim/write got from gensim itself. Once over the sample words,
// and once over GloVe, which is no part of the project.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/fixture.h"
#include "tests/support/real_data.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-5;
constexpr char kGolden[] = AKIN_SOURCE_DIR "/tests/golden/gensim/";

struct SampleWords {
  static constexpr char kName[] = "SampleWords";
  static constexpr char kExpected[] = "expected.json";
  // Lines that are no question, of each file.
  static constexpr int kMalformed = 1;

  static std::string Vectors() {
    return AKIN_SOURCE_DIR "/deploy/samples/words.txt.gz";
  }
  static std::string File(const std::string& name) { return kGolden + name; }
  static bool IsThere() { return true; }
};

struct Glove {
  static constexpr char kName[] = "Glove";
  static constexpr char kExpected[] = "expected-glove.json";
  static constexpr int kMalformed = 0;

  static std::string Vectors() {
    return RealData("glove-6b-50d-200k/glove.6B.50d.200k.txt.gz");
  }
  static std::string File(const std::string& name) {
    return RealData("word-eval/" + name);
  }
  static bool IsThere() {
    return !Vectors().empty() && !File("questions-words.txt").empty();
  }
};

template <class Set>
class GensimTest : public ServedTest {
 protected:
  static void SetUpTestSuite() {
    if (!WhySkipped().empty()) return;
    expected_ =
        json::parse(std::ifstream(absl::StrCat(kGolden, Set::kExpected)));
    Serve({"--load", absl::StrCat("m/words=", Set::Vectors(), ",index=exact")});
  }

  void SetUp() override {
    if (!WhySkipped().empty()) GTEST_SKIP() << WhySkipped();
  }

  static std::string WhySkipped() {
    if (!Set::IsThere()) return "skipped: no data";
    const bool large = Set::kName == absl::string_view(Glove::kName);
    return large && AKIN_SANITIZED ? "200,000 rows take too long" : "";
  }

  // Of that kind, with gensim's answers; there are some.
  static const json& Questions(const char* kind) {
    EXPECT_FALSE(expected_[kind].empty()) << kind;
    return expected_[kind];
  }

  // The answer of `akin ... --json`.
  static json AkinJson(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    const CliResult result = Akin(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return json::parse(result.output, nullptr, /*allow_exceptions=*/false);
  }

  static v1::SearchRequest Request(const json& question,
                                   v1::CombinationMethod method) {
    v1::SearchRequest request;
    request.set_model("m");
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
    for (const json& question : Questions(questions)) {
      SCOPED_TRACE(question["plus"].dump());
      const auto response = client().Search(Request(question, method));
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

  static json Evaluate(const std::string& command, const json& question) {
    std::vector<std::string> arguments = {
        command, "m/words", Set::File(question["file"].get<std::string>())};
    const std::vector<std::string> flags = Flags(question["options"]);
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return AkinJson(arguments);
  }

  static inline json expected_;
};

struct NameOfSet {
  template <class Set>
  static std::string GetName(int) {
    return Set::kName;
  }
};
using Sets = testing::Types<SampleWords, Glove>;
TYPED_TEST_SUITE(GensimTest, Sets, NameOfSet);

TYPED_TEST(GensimTest, MostSimilar) {
  this->ExpectHits("most_similar", v1::COMBINATION_METHOD_3COSADD);
}

TYPED_TEST(GensimTest, MostSimilarCosmul) {
  this->ExpectHits("cosmul", v1::COMBINATION_METHOD_3COSMUL);
}

TYPED_TEST(GensimTest, DoesntMatch) {
  for (const json& question : this->Questions("doesnt_match")) {
    SCOPED_TRACE(question["ids"].dump());
    std::vector<std::string> arguments = {"doesnt-match", "m/words"};
    for (const json& id : question["ids"])
      arguments.push_back(id.get<std::string>());
    const json answer = this->AkinJson(arguments);
    EXPECT_EQ(answer["doesntMatch"], question["answer"]);
    ASSERT_EQ(answer["scores"].size(), question["ranked"].size());
    for (size_t i = 0; i < answer["scores"].size(); ++i) {
      EXPECT_EQ(answer["scores"][i]["id"], question["ranked"][i][0]);
      EXPECT_NEAR(answer["scores"][i]["score"], question["ranked"][i][1],
                  kTolerance);
    }
  }
}

TYPED_TEST(GensimTest, SimilarityOfPairsAndSets) {
  for (const json& question : this->Questions("similarity")) {
    const json answer = this->AkinJson({"similarity", "m/words",
                                        question["a"].get<std::string>(),
                                        question["b"].get<std::string>()});
    EXPECT_NEAR(answer["similarity"], question["similarity"], kTolerance)
        << question;
  }
  for (const json& question : this->Questions("n_similarity")) {
    std::vector<std::string> arguments = {"similarity", "m/words"};
    for (const json& id : question["first"])
      arguments.push_back(id.get<std::string>());
    for (const json& id : question["second"]) {
      arguments.insert(arguments.end(), {"--and", id.get<std::string>()});
    }
    EXPECT_NEAR(this->AkinJson(arguments)["similarity"], question["similarity"],
                kTolerance)
        << question;
  }
}

TYPED_TEST(GensimTest, RankAndCloserThan) {
  size_t listed = 0;
  for (const json& question : this->Questions("closer_than")) {
    const auto a = question["a"].get<std::string>();
    const auto b = question["b"].get<std::string>();
    SCOPED_TRACE(absl::StrCat(a, " ", b));
    EXPECT_EQ(this->AkinJson({"rank", "m/words", a, b})["rank"],
              absl::StrCat(question["rank"].get<int64_t>()));
    if (!question.contains("closer")) continue;
    const json answer = this->AkinJson({"closer-than", "m/words", a, b});
    json ids = json::array();
    for (const json& hit : answer["hits"]) ids.push_back(hit["id"]);
    EXPECT_EQ(ids, question["closer"]);
    ++listed;
  }
  EXPECT_GE(listed, 3u);
}

TYPED_TEST(GensimTest, EvaluateWordAnalogies) {
  for (const json& question : this->Questions("analogies")) {
    SCOPED_TRACE(question["options"].dump());
    const json answer = this->Evaluate("eval-analogies", question);
    ASSERT_EQ(answer["sections"].size(), question["sections"].size());
    for (size_t i = 0; i < answer["sections"].size(); ++i) {
      for (const char* field : {"section", "correct", "asked"}) {
        EXPECT_EQ(answer["sections"][i][field], question["sections"][i][field]);
      }
    }
    EXPECT_EQ(answer["total"]["correct"], question["total"]["correct"]);
    EXPECT_EQ(answer["total"]["asked"], question["total"]["asked"]);
    EXPECT_NEAR(answer["total"]["accuracy"], question["accuracy"], 1e-12);
    EXPECT_EQ(answer["malformedLines"], TypeParam::kMalformed);
  }
}

TYPED_TEST(GensimTest, EvaluateWordPairs) {
  for (const json& question : this->Questions("word_pairs")) {
    SCOPED_TRACE(question["options"].dump());
    const json answer = this->Evaluate("eval-similarity", question);
    EXPECT_NEAR(answer["spearman"], question["spearman"], kTolerance);
    EXPECT_NEAR(answer["pearson"], question["pearson"], kTolerance);
    EXPECT_NEAR(answer["unknownPercent"], question["unknown_percent"], 1e-9);
    EXPECT_EQ(answer["malformedLines"], TypeParam::kMalformed);
  }
}

}  // namespace
}  // namespace akin
