// glove-6b-50d-200k against a second opinion: the ten nearest of 500 words,
// computed in double precision by a program that is not akin.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "index/query/run_query.h"
#include "index/version/load_version.h"
#include "tests/support/real_data.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

constexpr double kTie = 1e-6;  // floats cannot tell closer scores apart

struct Near {
  std::string id;
  double score;
};
struct Truth {
  std::string word;
  std::vector<Near> nearest;
};

std::vector<Truth> ReadTruth(const std::string& path) {
  std::vector<Truth> truth;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    double score = 0;
    if (fields.size() != 4 || !absl::SimpleAtod(fields[3], &score)) {
      ADD_FAILURE() << "bad line: " << line;
      return {};
    }
    if (truth.empty() || truth.back().word != fields[0]) {
      truth.push_back({fields[0], {}});
    }
    truth.back().nearest.push_back({fields[2], score});
  }
  return truth;
}

// The same ids in the same order, where ids that score the same may change
// places (also with those just behind the tenth).
bool Identical(const Truth& truth, const Answer& answer) {
  if (answer.hits.size() != truth.nearest.size()) return false;
  for (size_t i = 0; i < answer.hits.size(); ++i) {
    if (std::abs(answer.hits[i].score - truth.nearest[i].score) > kTie) {
      return false;
    }
    const bool known = std::any_of(
        truth.nearest.begin(), truth.nearest.end(), [&](const Near& near) {
          return near.id == answer.hits[i].id &&
                 std::abs(near.score - truth.nearest[i].score) <= kTie;
        });
    const bool ties_with_last =
        std::abs(truth.nearest[i].score - truth.nearest.back().score) <= kTie;
    if (!known && !ties_with_last) return false;
  }
  return true;
}

class GloveTest : public testing::Test {
 protected:
  void SetUp() override {
    file_ = RealData("glove-6b-50d-200k/glove.6B.50d.200k.txt.gz");
    const std::string truth =
        RealData("glove-6b-50d-200k/exact-cosine-top10-of-500-words.tsv");
    if (file_.empty() || truth.empty()) GTEST_SKIP() << "skipped: no data";
    truth_ = ReadTruth(truth);
    ASSERT_EQ(truth_.size(), 500u);
  }

  // How many of the 500 lists come back identical from an index of that kind.
  size_t IdenticalLists(IndexChoice index, float target_recall) {
    TableSpec spec;
    spec.name = "words";
    spec.source.path = file_;
    spec.index = index;
    WorkerPool pool(2);
    const auto version =
        LoadVersion("glove", 1, {spec}, {.pool = &pool, .progress = {}});
    EXPECT_THAT(version, IsOk());
    std::vector<Query> queries;
    for (const Truth& truth : truth_)
      queries.push_back(ItemRef{"", truth.word});
    SearchOptions options;
    options.k = 10;
    options.target_recall = target_recall;
    const auto answers = RunBatch(**version, "words", queries, options, &pool);
    EXPECT_THAT(answers, IsOk());
    size_t identical = 0;
    for (size_t i = 0; i < truth_.size(); ++i) {
      EXPECT_THAT((*answers)[i], IsOk());
      identical += Identical(truth_[i], *(*answers)[i]) ? 1 : 0;
    }
    RecordProperty("identical_lists", std::to_string(identical));
    return identical;
  }

  std::string file_;
  std::vector<Truth> truth_;
};

TEST_F(GloveTest, ExactGivesEveryListIdentically) {
  if (AKIN_SANITIZED) GTEST_SKIP() << "200,000 rows take too long";
  EXPECT_EQ(IdenticalLists(IndexChoice::kExact, 0.95f), 500u);
}

TEST_F(GloveTest, GraphAskedFor99PercentGivesMostListsIdentically) {
  if (AKIN_SANITIZED) GTEST_SKIP() << "a graph of 200,000 rows takes too long";
  EXPECT_GE(IdenticalLists(IndexChoice::kGraph, 0.99f), 475u);
}

}  // namespace
}  // namespace akin
