#include "index/build/link_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "index/search/code_query.h"
#include "tests/support/clustered_data.h"

namespace akin {
namespace {

constexpr size_t kRows = 300;

// Rows with what chooses among them.
class Chooser {
 public:
  Chooser(Metric metric, const Vectors& rows)
      : table_(TableOf(metric, rows)),
        codes_(*Codes::Encode(table_, &pool_)),
        queries_(codes_),
        choice_(RowsOf(codes_), &queries_) {}

  // As the construction has it: between two rows, from the first one's side.
  float Distance(uint32_t from, uint32_t to) const {
    CodeQuery query;
    queries_.Prepare(from, &query);
    float distance;
    ActiveCodeKernels().distances(RowsOf(codes_), query, &to, 1, &distance);
    return distance;
  }

  // All rows but `row`, nearest first, at most `count`.
  std::vector<Candidate> Candidates(uint32_t row, size_t count) const {
    std::vector<Candidate> candidates;
    for (uint32_t other = 0; other < table_.rows(); ++other) {
      if (other != row) candidates.push_back({Distance(row, other), other});
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.resize(std::min(count, candidates.size()));
    return candidates;
  }

  std::vector<uint32_t> Choose(const std::vector<Candidate>& candidates,
                               size_t limit, bool fill) {
    std::vector<uint32_t> kept = {7, 7, 7};  // of an earlier choice
    choice_.Choose(candidates, limit, fill, &kept);
    return kept;
  }

  // The occlusion rule, word by word.
  std::vector<uint32_t> ChoosePlainly(const std::vector<Candidate>& candidates,
                                      size_t limit) const {
    std::vector<uint32_t> kept;
    for (const Candidate& c : candidates) {
      if (kept.size() == limit) break;
      const bool occluded =
          std::any_of(kept.begin(), kept.end(), [&](uint32_t p) {
            const float between =
                std::max(Distance(p, c.row), std::numeric_limits<float>::min());
            return c.distance / between > 1;
          });
      if (!occluded) kept.push_back(c.row);
    }
    return kept;
  }

 private:
  WorkerPool pool_{1};
  const Table table_;
  const Codes codes_;
  const RowQueries queries_;
  LinkChoice choice_;
};

class LinkChoiceTest : public testing::TestWithParam<Metric> {};

TEST_P(LinkChoiceTest, IsTheOcclusionRule) {
  for (const size_t dimension : {2, 30}) {
    Chooser chooser(GetParam(), ClusteredVectors(kRows, dimension, 1));
    for (uint32_t row = 0; row < kRows; row += 30) {
      for (const size_t count : {0, 1, 40, 299}) {
        const auto candidates = chooser.Candidates(row, count);
        for (const size_t limit : {1, 8, 32, 400}) {
          const auto kept = chooser.Choose(candidates, limit, false);
          EXPECT_EQ(kept, chooser.ChoosePlainly(candidates, limit));
          EXPECT_EQ(kept.empty(), candidates.empty());
        }
      }
    }
  }
}

TEST_P(LinkChoiceTest, FillsUpWithTheLeastOccluded) {
  Chooser chooser(GetParam(), ClusteredVectors(kRows, 30, 1));
  for (uint32_t row = 0; row < kRows; row += 30) {
    for (const size_t count : {0, 1, 20, 32, 128, 299}) {
      const auto candidates = chooser.Candidates(row, count);
      for (const size_t limit : {1, 8, 32, 64}) {
        const auto strict = chooser.Choose(candidates, limit, false);
        const auto filled = chooser.Choose(candidates, limit, true);
        ASSERT_EQ(filled.size(), std::min(limit, candidates.size()));
        EXPECT_TRUE(std::equal(strict.begin(), strict.end(), filled.begin()));
        std::set<uint32_t> offered;
        for (const Candidate& c : candidates) offered.insert(c.row);
        for (const uint32_t kept : filled) {
          EXPECT_EQ(offered.erase(kept), 1u) << kept;
        }
      }
    }
  }
}

TEST_P(LinkChoiceTest, TheNearestIsAlwaysKeptFirst) {
  Chooser chooser(GetParam(), ClusteredVectors(kRows, 30, 1));
  for (uint32_t row = 0; row < kRows; row += 10) {
    const auto candidates = chooser.Candidates(row, 50);
    EXPECT_EQ(chooser.Choose(candidates, 8, true).front(), candidates[0].row);
  }
}

// Rows that are equal to the choosing one occlude nothing and are occluded by
// nothing: they would take all of its list.
TEST_P(LinkChoiceTest, EqualRowsGetHalfOfTheListWhenThereAreOthers) {
  constexpr uint32_t kEqual = 100;
  Vectors rows = ClusteredVectors(kRows, 30, 1);
  for (uint32_t row = 1; row < kEqual; ++row) rows[row] = rows[0];
  Chooser chooser(GetParam(), rows);
  const auto candidates = chooser.Candidates(0, kRows - 1);
  ASSERT_LT(candidates[kEqual - 2].row, kEqual);
  const auto is_equal = [](uint32_t row) { return row < kEqual; };
  for (const bool fill : {false, true}) {
    const auto kept = chooser.Choose(candidates, 32, fill);
    EXPECT_LE(std::count_if(kept.begin(), kept.end(), is_equal), 26);
    EXPECT_GE(std::count_if(kept.begin(), kept.end(), is_equal), 8);
  }
  // Alone they may have all of it.
  const auto alone = chooser.Candidates(0, kEqual - 1);
  EXPECT_EQ(chooser.Choose(alone, 32, true).size(), 32u);
}

INSTANTIATE_TEST_SUITE_P(EachMetric, LinkChoiceTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

}  // namespace
}  // namespace akin
