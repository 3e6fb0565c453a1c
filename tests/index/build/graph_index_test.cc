#include "index/build/graph_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "index/search/exact_searcher.h"
#include "index/table/table_builder.h"
#include "tests/support/brute_force.h"
#include "tests/support/clustered_data.h"
#include "tests/support/graph_layouts.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

constexpr size_t kRows = 1000;
constexpr size_t kEffort = 40;

std::vector<std::vector<Neighbor>> AnswersOf(const Searcher& searcher,
                                             const Vectors& queries) {
  std::vector<std::vector<Neighbor>> answers;
  for (const std::vector<float>& query : queries) {
    SearchTask task{.query = query, .k = 10, .effort = kEffort};
    searcher.Search(&task);
    EXPECT_FALSE(task.stats.exact);
    answers.push_back(task.neighbors);
  }
  return answers;
}

class BuildGraphIndexTest : public testing::Test {
 protected:
  static RowsAndQueries Data() {
    RowsAndQueries data = ClusteredRowsAndQueries(kRows, 20, 24, 3);
    data.queries = AsQueries(Metric::kCosine, data.queries);
    return data;
  }

  absl::StatusOr<std::unique_ptr<GraphSearcher>> Build(
      GraphIndexOptions options, size_t threads = 1) {
    options.build_effort = 30;
    WorkerPool pool(threads);
    return BuildGraphIndex(
        table_, codes_,
        options.profile == Profile::kCompact ? &decoded_ : &exact_, options,
        &pool);
  }

  const RowsAndQueries data_ = Data();
  WorkerPool pool_{1};
  Table table_ = TableOf(Metric::kCosine, data_.rows);
  const Codes codes_ = *Codes::Encode(table_, &pool_);
  const ExactSearcher exact_{&table_};
  const ExactSearcher decoded_{&table_, &codes_, Scored::kDecoded};
};

TEST_F(BuildGraphIndexTest, IsTheGraphInTheLayoutAskedFor) {
  const GraphLayouts layouts(TableOf(Metric::kCosine, data_.rows),
                             {.build_effort = 30});
  const std::vector<std::pair<std::string, GraphIndexOptions>> cases = {
      {"flat32", {.layout = GraphLayout::kFlat, .degree = 32}},
      {"flat64", {.layout = GraphLayout::kFlat, .degree = 64}},
      {"flat64", {}},  // few dimensions
      {"rows1", {.layout = GraphLayout::kRows, .bits = 1}},
      {"rows2", {.layout = GraphLayout::kRows, .bits = 2}},
      {"rows2", {.layout = GraphLayout::kRows}},
      {"rows4", {.layout = GraphLayout::kRows, .bits = 4}},
      {"compact", {.profile = Profile::kCompact, .degree = 32}}};
  for (const auto& [name, options] : cases) {
    SCOPED_TRACE(name);
    const auto built = Build(options);
    ASSERT_THAT(built, IsOk());
    for (const auto& layout : layouts.all()) {
      if (layout.name != name) continue;
      EXPECT_EQ(AnswersOf(**built, data_.queries),
                AnswersOf(*layout.searcher, data_.queries));
      EXPECT_EQ((*built)->memory_bytes(), layout.searcher->memory_bytes());
    }
  }
}

TEST_F(BuildGraphIndexTest, IsTheSameOnAnyNumberOfThreads) {
  for (const GraphLayout layout : {GraphLayout::kFlat, GraphLayout::kRows}) {
    const auto one = Build({.layout = layout}, 1);
    const auto four = Build({.layout = layout}, 4);
    ASSERT_THAT(one, IsOk());
    ASSERT_THAT(four, IsOk());
    EXPECT_EQ(AnswersOf(**one, data_.queries),
              AnswersOf(**four, data_.queries));
  }
}

TEST_F(BuildGraphIndexTest, CompactNeedsNoVectors) {
  const auto compact = Build({.profile = Profile::kCompact});
  ASSERT_THAT(compact, IsOk());
  const auto before = AnswersOf(**compact, data_.queries);
  table_.DropVectors([](uint32_t, absl::Span<float>) {});
  EXPECT_EQ(AnswersOf(**compact, data_.queries), before);
  // All rows: answered by exact search, from the codes too.
  SearchTask all{.query = data_.queries[0], .k = kRows};
  (*compact)->Search(&all);
  EXPECT_EQ(all.neighbors.size(), kRows);
}

// AddressSanitizer would see it look at the codes.
TEST_F(BuildGraphIndexTest, RowsNeedNoCodes) {
  std::optional<Codes> codes = *Codes::Encode(table_, &pool_);
  const auto rows = BuildGraphIndex(
      table_, *codes, &exact_,
      {.layout = GraphLayout::kRows, .build_effort = 30}, &pool_);
  ASSERT_THAT(rows, IsOk());
  const auto before = AnswersOf(**rows, data_.queries);
  codes.reset();
  EXPECT_EQ(AnswersOf(**rows, data_.queries), before);
}

TEST_F(BuildGraphIndexTest, SaysWhatIsWrong) {
  EXPECT_THAT(
      Build({.profile = Profile::kCompact, .layout = GraphLayout::kRows}),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("compact")));
  EXPECT_THAT(Build({.layout = GraphLayout::kRows, .bits = 3}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("3 bits")));
  EXPECT_THAT(Build({.layout = GraphLayout::kRows, .degree = 64}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("64")));
  EXPECT_THAT(Build({.degree = 33}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("33")));
  EXPECT_THAT(BuildGraphIndex(table_, codes_, &exact_, {}, &pool_,
                              [](uint64_t) { return false; }),
              IsStatus(StatusCode::kCancelled, testing::_));
  const Table empty = TableBuilder("t", 24, {}).Build();
  const Codes no_codes = *Codes::Encode(empty, &pool_);
  EXPECT_THAT(
      BuildGraphIndex(empty, no_codes, &exact_, {}, &pool_),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("without rows")));
}

}  // namespace
}  // namespace akin
