#include "index/query/diversify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/index/query/asked_version.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// MMR as the header says it, in double and without keeping anything.
class PlainMmr {
 public:
  PlainMmr(const Table& table, std::vector<Neighbor> pool, double lambda,
           bool metric_scores)
      : table_(table),
        pool_(std::move(pool)),
        lambda_(lambda),
        as_is_(metric_scores && table.metric() != Metric::kDot) {}

  std::vector<Neighbor> Take(size_t k) const {
    std::vector<Neighbor> taken;
    std::vector<Neighbor> left = pool_;
    while (taken.size() < k && !left.empty()) {
      size_t best = 0;
      for (size_t i = 1; i < left.size(); ++i) {
        if (Gain(left[i], taken) > Gain(left[best], taken)) best = i;
      }
      taken.push_back(left[best]);
      left.erase(left.begin() + static_cast<ptrdiff_t>(best));
    }
    return taken;
  }

 private:
  double Dot(uint32_t a, uint32_t b) const {
    double sum = 0;
    for (size_t i = 0; i < table_.dimension(); ++i) {
      sum += double{table_.SearchVector(a)[i]} * table_.SearchVector(b)[i];
    }
    return sum;
  }
  double Squared(uint32_t a, uint32_t b) const {
    return Dot(a, a) + Dot(b, b) - 2 * Dot(a, b);
  }
  double Alike(uint32_t a, uint32_t b) const {
    if (table_.metric() != Metric::kL2) {
      return Dot(a, b) / std::sqrt(Dot(a, a) * Dot(b, b));
    }
    if (as_is_) return -Squared(a, b);
    double mean = 0;
    for (const Neighbor& near : pool_) mean += Squared(pool_[0].row, near.row);
    mean /= static_cast<double>(pool_.size());
    return 1 / (1 + Squared(a, b) / mean);
  }
  double Relevance(const Neighbor& near) const {
    if (as_is_) return near.score;
    const double low = pool_.back().score;
    const double high = pool_.front().score;
    return (near.score - low) / (high - low);
  }
  double Gain(const Neighbor& near, const std::vector<Neighbor>& taken) const {
    // Of the first hit only the score counts.
    if (taken.empty()) return Relevance(near);
    double nearest = -std::numeric_limits<double>::infinity();
    for (const Neighbor& one : taken) {
      nearest = std::max(nearest, Alike(near.row, one.row));
    }
    return lambda_ * Relevance(near) - (1 - lambda_) * nearest;
  }

  const Table& table_;
  const std::vector<Neighbor> pool_;
  const double lambda_;
  const bool as_is_;
};

class DiversifyTest : public testing::TestWithParam<Metric> {
 protected:
  std::vector<Neighbor> PoolFor(const AskedVersion& asked, size_t size) const {
    const std::vector<float> query = {0.5f, -1, 2, 0.25f};
    SearchOptions options;
    options.k = static_cast<uint32_t>(size);
    const auto answer = asked.Ask(absl::MakeConstSpan(query), options);
    std::vector<Neighbor> pool;
    for (const Hit& hit : answer->hits) {
      pool.push_back({*asked.table().ids().Find(hit.id), hit.score});
    }
    return pool;
  }
};

TEST_P(DiversifyTest, IsTheReferencesChoice) {
  for (uint32_t seed = 0; seed < 5; ++seed) {
    const AskedVersion asked(GetParam(), RandomRows(60, 4, seed));
    const std::vector<Neighbor> pool = PoolFor(asked, 40);
    for (const float lambda : {0.0f, 0.3f, 0.5f, 0.9f, 1.0f}) {
      for (const bool metric_scores : {true, false}) {
        const PlainMmr reference(asked.table(), pool, lambda, metric_scores);
        for (const size_t k : {1, 7, 40, 50}) {
          std::vector<Neighbor> chosen = pool;
          EXPECT_TRUE(Diversify(asked.target(), lambda, metric_scores, k,
                                nullptr, &chosen));
          EXPECT_EQ(chosen, reference.Take(k))
              << "lambda " << lambda << ", k " << k << ", seed " << seed;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Metrics, DiversifyTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

TEST(Diversify, LeavesOutWhatSaysTheSame) {
  const AskedVersion asked(Metric::kCosine, {{"a", {10, 1, 0}},
                                             {"a2", {10, 1.1f, 0}},
                                             {"a3", {10, 1.2f, 0}},
                                             {"b", {10, -6, 0}},
                                             {"far", {0, 0, 1}}});
  const std::vector<float> query = {1, 0, 0};
  SearchOptions options;
  options.k = 2;
  EXPECT_THAT(IdsOf(asked.Ask(absl::MakeConstSpan(query), options)),
              ElementsAre("a", "a2"));
  options.diversity = Diversity{};
  const auto diverse = asked.Ask(absl::MakeConstSpan(query), options);
  EXPECT_THAT(IdsOf(diverse), ElementsAre("a", "b"));
  EXPECT_NEAR(diverse->hits[1].score, 10 / std::sqrt(136.0), 1e-6);
  options.diversity->lambda = 1;
  EXPECT_THAT(IdsOf(asked.Ask(absl::MakeConstSpan(query), options)),
              ElementsAre("a", "a2"));
  // A pool of fewer than k counts as one of k.
  options.diversity = Diversity{.lambda = 0.5f, .pool = 1};
  EXPECT_THAT(IdsOf(asked.Ask(absl::MakeConstSpan(query), options)),
              ElementsAre("a", "a2"));
}

// The length of a query scales all its products, and is not to decide.
TEST(Diversify, UnderDotTheLengthOfTheQueryMakesNoDifference) {
  const AskedVersion asked(Metric::kDot, RandomRows(200, 6, 9));
  const std::vector<float> query = {1, 2, 3, -1, 0, 1};
  std::vector<float> longer = query;
  for (float& value : longer) value *= 64;
  SearchOptions options;
  options.k = 10;
  options.diversity = Diversity{};
  EXPECT_EQ(IdsOf(asked.Ask(absl::MakeConstSpan(query), options)),
            IdsOf(asked.Ask(absl::MakeConstSpan(longer), options)));
}

TEST(Diversify, RowsThatAreAllAlike) {
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const AskedVersion asked(metric,
                             {{"a", {1, 1}}, {"b", {1, 1}}, {"c", {1, 1}}});
    const Fusion fusion{.parts = {{ItemRef{"", "a"}}, {ItemRef{"", "a"}}},
                        .method = FusionMethod::kWeightedScore};
    SearchOptions options;
    options.k = 2;
    options.diversity = Diversity{};
    EXPECT_THAT(IdsOf(asked.Ask(fusion, options)), ElementsAre("b", "c"));
    EXPECT_THAT(IdsOf(asked.Ask(ItemRef{"", "a"}, options)),
                ElementsAre("b", "c"));
  }
  // Rows of no length have no direction to compare.
  const AskedVersion zero(Metric::kDot, {{"a", {0, 0}}, {"b", {0, 0}}});
  SearchOptions options;
  options.k = 2;
  options.diversity = Diversity{};
  const std::vector<float> query = {1, 1};
  EXPECT_THAT(IdsOf(zero.Ask(absl::MakeConstSpan(query), options)),
              ElementsAre("a", "b"));
}

TEST(Diversify, StopsWhenItIsTold) {
  const AskedVersion asked(Metric::kDot, RandomRows(3000, 200, 9));
  std::vector<Neighbor> pool;
  for (uint32_t row = 0; row < 3000; ++row) pool.push_back({row, 0});
  StopSignal stop;
  stop.Cancel();
  EXPECT_FALSE(Diversify(asked.target(), 0.5f, true, 3000, &stop, &pool));
  std::vector<Neighbor> none;
  EXPECT_TRUE(Diversify(asked.target(), 0.5f, true, 10, &stop, &none));
  EXPECT_THAT(none, IsEmpty());
}

TEST(Diversify, RefusesNumbersOutOfRange) {
  const AskedVersion asked(Metric::kDot, RandomRows(3, 2, 9));
  SearchOptions options;
  options.k = 1;
  for (const float bad : {-0.1f, 1.1f, std::nanf("")}) {
    options.diversity = Diversity{.lambda = bad};
    EXPECT_THAT(asked.Ask(ItemRef{"", "r0"}, options),
                IsStatus(absl::StatusCode::kInvalidArgument,
                         testing::HasSubstr("lambda")));
  }
  options.diversity = Diversity{.lambda = 0.5f, .pool = 10'001};
  EXPECT_THAT(asked.Ask(ItemRef{"", "r0"}, options),
              IsStatus(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("pool of diversity is 10001")));
}

}  // namespace
}  // namespace akin
