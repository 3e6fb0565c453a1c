// Everything at once, against the plainest evaluator.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "index/build/graph_index.h"
#include "tests/index/query/asked_version.h"
#include "tests/index/query/plain_evaluator.h"
#include "tests/index/query/random_requests.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

class CompositionTest : public testing::TestWithParam<Metric> {};

TEST_P(CompositionTest, IsWhatThePlainestEvaluatorSays) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const AskedVersion asked(GetParam(), RandomRows(5 + seed % 80, 4, seed));
    RandomRequests requests(asked.table(), seed);
    const Fusion fusion = requests.AnyFusion();
    const SearchOptions options = requests.AnyOptions();
    const HandMadeRules rules = requests.AnyRules();
    const auto answer = asked.Ask(fusion, options, rules);
    ASSERT_THAT(answer, IsOk()) << "seed " << seed;
    EXPECT_EQ(IdsOf(answer),
              PlainEvaluator(asked, options, rules).Evaluate(fusion))
        << "seed " << seed;
    EXPECT_EQ(answer->shortfall.has_value(), answer->hits.size() < options.k);
    if (answer->shortfall.has_value()) {
      EXPECT_EQ(answer->shortfall->missing, options.k - answer->hits.size());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Metrics, CompositionTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

TEST(Composition, AGraphThatFindsAllAnswersLikeExactSearch) {
  Table table = MakeTable("t", Metric::kCosine, RandomRows(3000, 4, 77));
  auto indexed = std::make_unique<IndexedTable>(std::move(table));
  WorkerPool pool(1);
  auto codes = Codes::Encode(indexed->table(), &pool);
  ASSERT_THAT(codes, IsOk());
  indexed->SetCodes(*std::move(codes));
  auto graph = BuildGraphIndex(indexed->table(), *indexed->codes(),
                               &indexed->exact(), {}, &pool);
  ASSERT_THAT(graph, IsOk());
  indexed->SetIndex(*std::move(graph));
  const AskedVersion asked(std::move(indexed));
  size_t hops = 0;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    RandomRequests requests(asked.table(), seed);
    Fusion fusion = requests.AnyFusion();
    fusion.depth = 20;
    for (FusionPart& part : fusion.parts) {
      // Of a product the exact answer is that of all rows.
      auto* combination = std::get_if<Combination>(&part.query);
      if (combination != nullptr) combination->method = CombinationMethod::kAdd;
    }
    SearchOptions options = requests.AnyOptions();
    HandMadeRules rules = requests.AnyRules();
    rules.matching.reset();
    rules.excluded.resize(std::min<size_t>(rules.excluded.size(), 5));
    const auto walked = asked.Ask(fusion, options, rules);
    options.exact = true;
    const auto exact = asked.Ask(fusion, options, rules);
    EXPECT_EQ(IdsOf(walked), IdsOf(exact)) << "seed " << seed;
    EXPECT_EQ(ScoresOf(walked), ScoresOf(exact)) << "seed " << seed;
    hops += walked->stats.hops;
  }
  EXPECT_GT(hops, 0u);
}

}  // namespace
}  // namespace akin
