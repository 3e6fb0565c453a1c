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
#include "index/build/graph_builder.h"
#include "index/formats/open_source.h"
#include "index/search/exact_searcher.h"
#include "index/search/graph_searcher.h"
#include "index/table/table_builder.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

constexpr size_t kHoldEvery = 40;  // 500 of the 20,000 words are queries

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
  for (size_t n = 0; *(*source)->Next(absl::MakeSpan(values), &row) !=
                     VectorSource::Outcome::kEnd;
       ++n) {
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

class SampleWordsRecall : public testing::TestWithParam<Metric> {};

TEST_P(SampleWordsRecall, IsAtLeast95Percent) {
  const Split split = SplitSampleWords(GetParam());
  ASSERT_EQ(split.queries.size(), 500u);
  // One thread: the same graph in every run.
  auto graph = BuildGraph(split.base, {.threads = 1});
  ASSERT_THAT(graph, IsOk());
  const GraphSearcher searcher(&split.base, *std::move(graph));
  const ExactSearcher exact(&split.base);
  size_t found = 0;
  uint64_t distances = 0;
  for (const auto& query : split.queries) {
    SearchTask truth{.query = query, .k = 10};
    SearchTask task{.query = query, .k = 10};
    exact.Search(&truth);
    searcher.Search(&task);
    EXPECT_FALSE(task.stats.exact);
    distances += task.stats.distances;
    for (const Neighbor& near : task.neighbors) {
      found +=
          std::count_if(truth.neighbors.begin(), truth.neighbors.end(),
                        [&](const Neighbor& t) { return t.row == near.row; });
    }
  }
  const double recall = static_cast<double>(found) / 5000;
  RecordProperty("recall_at_10", std::to_string(recall));
  EXPECT_GE(recall, 0.95);
  // And not by looking at everything.
  EXPECT_LT(distances / split.queries.size(), split.base.rows() / 4);
}

// Trained for cosine, but any vectors will do; the norms differ by a factor of
// five, which is what makes dot hard.
INSTANTIATE_TEST_SUITE_P(EachMetric, SampleWordsRecall,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

}  // namespace
}  // namespace akin
