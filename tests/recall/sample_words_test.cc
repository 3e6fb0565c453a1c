// The graph finds what exact search finds, on the words that ship with akin and
// queries that are not among them.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "index/build/graph_index.h"
#include "index/formats/open_source.h"
#include "index/search/exact_searcher.h"
#include "index/table/table_builder.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

// The most frequent of the words, and how many of those are queries.
constexpr size_t kWords = 10'000;
constexpr size_t kHoldEvery = 20;

struct Split {
  Table base;
  std::vector<std::vector<float>> queries;
};

Split SplitSampleWords(Metric metric) {
  auto source = OpenVectorSource(
      {.path = AKIN_SOURCE_DIR "/deploy/samples/words.txt.gz", .ids_path = {}});
  EXPECT_THAT(source, IsOk());
  const uint32_t dimension = (*source)->dimension();
  TableBuilder builder("words", dimension, {.metric = metric});
  std::vector<std::vector<float>> queries;
  SourceRow row;
  std::vector<float> values(dimension);
  for (size_t n = 0; n < kWords; ++n) {
    EXPECT_NE(*(*source)->Next(absl::MakeSpan(values), &row),
              VectorSource::Outcome::kEnd);
    if (n % kHoldEvery == 0) {
      queries.push_back(values);
      if (metric == Metric::kCosine) Normalise(absl::MakeSpan(queries.back()));
    } else {
      std::copy(values.begin(), values.end(), builder.NextRow()->begin());
      EXPECT_FALSE(builder.Commit(row.id).has_value());
    }
  }
  return {std::move(builder).Build(), std::move(queries)};
}

struct Recall {
  double at_10 = 0;
  uint64_t distances = 0;  // per query
};

Recall Measure(const Searcher& searcher, const Searcher& exact,
               const std::vector<std::vector<float>>& queries, size_t effort) {
  size_t found = 0;
  uint64_t distances = 0;
  for (const auto& query : queries) {
    SearchTask truth{.query = query, .k = 10};
    SearchTask task{.query = query, .k = 10, .effort = effort};
    exact.Search(&truth);
    searcher.Search(&task);
    EXPECT_FALSE(task.stats.exact);
    distances += task.stats.distances;
    for (const Neighbor& near : task.neighbors) {
      found += static_cast<size_t>(
          std::count_if(truth.neighbors.begin(), truth.neighbors.end(),
                        [&](const Neighbor& t) { return t.row == near.row; }));
    }
  }
  return {static_cast<double>(found) / static_cast<double>(10 * queries.size()),
          distances / queries.size()};
}

// At an effort of 64.
Recall OfProfile(Profile profile, Metric metric) {
  WorkerPool pool(2);
  const Split split = SplitSampleWords(metric);
  const auto codes = Codes::Encode(split.base, &pool);
  EXPECT_THAT(codes, IsOk());
  const ExactSearcher exact(&split.base, &*codes);
  const ExactSearcher decoded(&split.base, &*codes, Scored::kDecoded);
  const auto graph = BuildGraphIndex(
      split.base, *codes, profile == Profile::kCompact ? &decoded : &exact,
      {.profile = profile}, &pool);
  EXPECT_THAT(graph, IsOk());
  const Recall recall = Measure(**graph, exact, split.queries, 64);
  // Not by looking at everything.
  EXPECT_LT(recall.distances, kWords / 4);
  testing::Test::RecordProperty("recall_at_10", std::to_string(recall.at_10));
  return recall;
}

class SampleWordsRecall : public testing::TestWithParam<Metric> {};

// A little below what was measured: 0.998 and 1.000, and 0.980 under dot.
TEST_P(SampleWordsRecall, IsHigh) {
  EXPECT_GE(OfProfile(Profile::kFast, GetParam()).at_10,
            GetParam() == Metric::kDot ? 0.965 : 0.99);
}

// A graph of ten thousand rows takes minutes under a sanitizer: one.
std::vector<Metric> MetricsForThisBuild() {
  if (AKIN_SANITIZED) return {Metric::kCosine};
  return {Metric::kCosine, Metric::kDot, Metric::kL2};
}

// Trained for cosine, but any vectors will do; the norms differ by a factor of
// five, which is what makes dot hard.
INSTANTIATE_TEST_SUITE_P(EachMetric, SampleWordsRecall,
                         testing::ValuesIn(MetricsForThisBuild()),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

TEST(CompactSampleWordsRecall, IsNearlyAsHigh) {
  if (AKIN_SANITIZED) GTEST_SKIP() << "compact is in ClusteredRecall, too";
  EXPECT_GE(OfProfile(Profile::kCompact, Metric::kCosine).at_10, 0.975);
}

}  // namespace
}  // namespace akin
