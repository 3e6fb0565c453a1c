// What RunQuery asks the index for, and what it makes of a search that stops.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/query/expected_time.h"
#include "index/query/predicate.h"
#include "index/query/run_query.h"
#include "index/search/calibration.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

// Keeps the last task, and gives up when told to.
class Recorder : public Searcher {
 public:
  IndexKind kind() const override { return IndexKind::kGraph; }
  void Search(SearchTask* task) const override {
    if (on_search) on_search();
    task->stopped = task->stop != nullptr && task->stop->Stopped();
    last = *task;
    origin = std::string(task->query_table);
  }
  size_t memory_bytes() const override { return 0; }
  const Calibration* calibration() const override { return calibration_; }

  mutable SearchTask last;
  mutable std::string origin;
  std::function<void()> on_search;
  const Calibration* calibration_ = nullptr;
};

class RecordedQueryTest : public testing::Test {
 protected:
  RecordedQueryTest() {
    auto words = std::make_unique<IndexedTable>(
        MakeTable("words", Metric::kCosine, RoyalRows()));
    words->mutable_report()->exact_microseconds = 5000;
    auto recorder = std::make_unique<Recorder>();
    recorder_ = recorder.get();
    words->SetIndex(std::move(recorder));
    words_ = words.get();
    std::vector<std::unique_ptr<const IndexedTable>> tables;
    tables.push_back(std::move(words));
    for (const char* name : {"people", "places"}) {
      tables.push_back(
          Indexed(MakeTable(name, Metric::kDot, {{"a", {1, 2, 3}}})));
    }
    version_ = std::make_unique<Version>("royal", 1, std::move(tables));
  }
  std::string OriginOf(const Query& query) {
    EXPECT_THAT(RunQuery(*version_, "words", query, {.k = 2}), IsOk());
    return recorder_->origin;
  }
  static Combination Sum(std::vector<Operand> plus) {
    Combination sum;
    for (const Operand& operand : plus) sum.plus.push_back({operand, 1});
    return sum;
  }

  std::unique_ptr<Version> version_;
  Recorder* recorder_;
  const IndexedTable* words_;
};

TEST_F(RecordedQueryTest, TheTargetRecallReachesTheIndex) {
  EXPECT_THAT(RunQuery(*version_, "words", ItemRef{"", "king"}, {.k = 2}),
              IsOk());
  EXPECT_EQ(recorder_->last.target_recall, kDefaultTargetRecall);
  EXPECT_EQ(recorder_->last.effort, 0u);
  EXPECT_EQ(recorder_->last.stop, nullptr);
  SearchOptions options;
  options.k = 2;
  options.target_recall = 0.5f;
  EXPECT_THAT(RunQuery(*version_, "words", ItemRef{"", "king"}, options),
              IsOk());
  EXPECT_EQ(recorder_->last.target_recall, 0.5f);
  WorkerPool pool(1);
  options.target_recall = 0.75f;
  EXPECT_THAT(
      RunBatch(*version_, "words", {ItemRef{"", "king"}}, options, &pool),
      IsOk());
  EXPECT_EQ(recorder_->last.target_recall, 0.75f);
}

TEST_F(RecordedQueryTest, TheIndexHearsWhereTheVectorComesFrom) {
  const std::vector<float> vector = {1, 2, 3};
  const ItemRef own{"", "king"};
  const ItemRef named{"words", "queen"};
  const ItemRef person{"people", "a"};
  const ItemRef place{"places", "a"};
  EXPECT_EQ(OriginOf(own), "");
  EXPECT_EQ(OriginOf(named), "");
  EXPECT_EQ(OriginOf(person), "people");
  EXPECT_EQ(OriginOf(absl::MakeConstSpan(vector)), kAnyTable);
  EXPECT_EQ(OriginOf(Sum({own, named})), "");
  EXPECT_EQ(OriginOf(Sum({person, person})), "people");
  EXPECT_EQ(OriginOf(Sum({person, place})), kAnyTable);
  EXPECT_EQ(OriginOf(Sum({own, person})), kAnyTable);
  EXPECT_EQ(OriginOf(Sum({person, own, own})), kAnyTable);
  EXPECT_EQ(OriginOf(Sum({own, absl::MakeConstSpan(vector)})), kAnyTable);
}

TEST_F(RecordedQueryTest, AStoppedSearchSaysWhy) {
  WorkerPool pool(1);
  const std::vector<Query> queries(600, ItemRef{"", "king"});
  SearchOptions options;
  options.k = 2;
  {
    StopSignal stop;
    recorder_->on_search = [&] { stop.Cancel(); };
    EXPECT_THAT(RunQuery(*version_, "words", queries[0], options, &stop),
                IsStatus(StatusCode::kCancelled, HasSubstr("table words")));
  }
  {
    StopSignal stop;
    int searches = 0;
    recorder_->on_search = [&] {
      if (++searches == 300) stop.Cancel();
    };
    EXPECT_THAT(RunBatch(*version_, "words", queries, options, &pool, &stop),
                IsStatus(StatusCode::kCancelled, HasSubstr("table words")));
    EXPECT_LT(searches, 600);
  }
  recorder_->on_search = nullptr;
  const StopSignal late(StopSignal::Clock::now());
  EXPECT_THAT(RunQuery(*version_, "words", queries[0], options, &late),
              IsStatus(StatusCode::kDeadlineExceeded, HasSubstr("deadline")));
  EXPECT_THAT(RunBatch(*version_, "words", queries, options, &pool, &late),
              IsStatus(StatusCode::kDeadlineExceeded, HasSubstr("deadline")));
  const StopSignal early(StopSignal::Clock::now() + std::chrono::hours(1));
  EXPECT_THAT(RunQuery(*version_, "words", queries[0], options, &early),
              IsOk());
  EXPECT_EQ(recorder_->last.stop, &early);
}

TEST_F(RecordedQueryTest, ExpectedTimeFollowsTheCalibration) {
  constexpr double kAround = 1;  // what every query takes beside its search
  SearchOptions options;
  options.k = 10;
  EXPECT_EQ(ExpectedMicroseconds(*words_, options), 5000 + kAround);
  const Calibration calibration(
      {RecallCurve{"", 10, 500, {{10, 0.9f, 1, 5}, {20, 0.99f, 1, 9}}},
       RecallCurve{"people", 10, 500, {{10, 0.8f, 1, 5}, {20, 0.99f, 1, 12}}}},
      5000);
  recorder_->calibration_ = &calibration;
  options.target_recall = 0.99f;
  EXPECT_FLOAT_EQ(ExpectedMicroseconds(*words_, options), 12 + kAround);
  options.target_recall = 0.995f;
  EXPECT_EQ(ExpectedMicroseconds(*words_, options), 5000 + kAround);
  options.target_recall = 0.9f;
  options.exact = true;
  EXPECT_EQ(ExpectedMicroseconds(*words_, options), 5000 + kAround);
  options.exclude_ids = {"a", "b", "c"};
  EXPECT_GT(ExpectedMicroseconds(*words_, options), 5000 + kAround);
}

TEST_F(RecordedQueryTest, FewExcludedIdsAreSearchedForOnTop) {
  std::vector<std::string> names;
  for (int i = 0; i < 600; ++i) names.push_back(absl::StrCat("r", i));
  auto indexed = std::make_unique<IndexedTable>(
      MakeTable("t", Metric::kDot, RandomRows(700, 2, 1)));
  auto recorder = std::make_unique<Recorder>();
  const Recorder& recorded = *recorder;
  indexed->SetIndex(std::move(recorder));
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(std::move(indexed));
  const Version version("m", 1, std::move(tables));
  for (const size_t excluded : {0, 1, 511, 512, 600}) {
    SearchOptions options;
    options.k = 10;
    options.exclude_ids.assign(
        names.begin(), names.begin() + static_cast<ptrdiff_t>(excluded));
    bool allowed = false;
    EXPECT_THAT(RunQuery(version, "t", ItemRef{"", "r650"}, options), IsOk());
    allowed = recorded.last.allowed != nullptr;
    // The query's own row is one more.
    EXPECT_EQ(recorded.last.k, excluded <= 511   ? 10 + excluded + 1
                               : excluded == 512 ? 10u
                                                 : 11u);
    EXPECT_EQ(allowed, excluded > 511) << excluded;
  }
}

TEST_F(RecordedQueryTest, ExpectedTimeCountsAllThatIsDone) {
  const ItemRef king{"", "king"};
  SearchOptions options;
  options.k = 10;
  const auto expected = [&](const Query& query) {
    return ExpectedMicroseconds(*words_, query, options);
  };
  const double plain = expected(king);
  EXPECT_EQ(plain, ExpectedMicroseconds(*words_, options));
  EXPECT_GE(plain, 5000);
  const Fusion fusion{.parts = {{king}, {king}, {king}}};
  EXPECT_GE(expected(fusion), 3 * 5000);
  // Only one query of a ladder answers.
  const FirstOf ladder{.queries = {{king}, {fusion}, {king}}};
  EXPECT_EQ(expected(ladder), expected(fusion));
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = {{king}, {king}};
  EXPECT_GT(expected(product), plain);
  EXPECT_GT(ExpectedExplainMicroseconds(*words_, king, options), 2 * plain);
  options.diversity = Diversity{};
  EXPECT_GT(expected(king), plain);
  options.diversity.reset();
  options.group_by = Grouping{"colour"};
  EXPECT_GT(expected(king), plain);
  options.group_by.reset();
  const Predicate predicate;
  options.filter = &predicate;
  EXPECT_GT(expected(king), plain);
  options.filter = nullptr;
  // A longer pool is a longer walk.
  const Calibration calibration(
      {RecallCurve{"", 10, 500, {{10, 0.9f, 1, 5}, {20, 0.99f, 1, 9}}},
       RecallCurve{"", 1000, 500, {{1000, 0.9f, 1, 50}, {2000, 0.99f, 1, 90}}}},
      5000);
  recorder_->calibration_ = &calibration;
  options.target_recall = 0.9f;
  const double walk = expected(king);
  EXPECT_LT(walk, 10);
  EXPECT_GT(expected(product), walk);
  options.diversity = Diversity{.lambda = 0.5f, .pool = 1000};
  EXPECT_GT(expected(king), walk + 40);
  EXPECT_GT(ExpectedScoreMicroseconds(*words_, 1000),
            ExpectedScoreMicroseconds(*words_, 1));
  EXPECT_GT(ExpectedListMicroseconds(*words_, true),
            ExpectedListMicroseconds(*words_, false));
}

}  // namespace
}  // namespace akin
