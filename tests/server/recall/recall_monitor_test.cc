// What is sampled, measured and dropped; runs under TSan.

#include "server/recall/recall_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/query/run_query.h"
#include "tests/server/recall/graph_version.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

constexpr size_t kAllLinks = 32;
constexpr size_t kRows = 2000;
constexpr size_t kQueries = 200;
constexpr uint32_t kK = 10;

const RowsAndQueries& Data() {
  static const auto& data =
      *new RowsAndQueries(ClusteredRowsAndQueries(kRows, kQueries, 32, 7, 20));
  return data;
}

v1::SearchRequest RequestFor(const std::vector<float>& vector) {
  v1::SearchRequest request;
  request.set_model("m");
  request.set_table("t");
  request.mutable_query()
      ->mutable_vector()
      ->mutable_floats()
      ->mutable_values()
      ->Add(vector.begin(), vector.end());
  request.mutable_options()->set_k(kK);
  return request;
}

// Waits for what comes in a moment on any machine; a test that does not see it
// ends by its time limit.
void WaitUntil(const std::function<bool()>& holds) {
  while (!holds()) absl::SleepFor(absl::Milliseconds(1));
}

// Every sample that was taken is accounted for.
bool IsDone(const RecallReport& report) {
  return report.measured + report.dropped_retired + report.failed +
             report.empty ==
         report.taken;
}

class RecallMonitorTest : public testing::Test {
 protected:
  void Publish(std::shared_ptr<const Version> version) {
    ASSERT_THAT(catalog_.Publish(std::move(version)), IsOk());
  }
  // Answers a query as the server does.
  void Ask(const std::shared_ptr<const Version>& version,
           const std::vector<float>& vector, RecallMonitor* monitor,
           float target_recall = 0) {
    v1::SearchRequest request = RequestFor(vector);
    SearchOptions options;
    options.k = kK;
    if (target_recall > 0) {
      request.mutable_options()->set_target_recall(target_recall);
      options.target_recall = target_recall;
    } else {
      options.effort_factor =
          monitor->EffortFactor("m", version->number(), "t");
    }
    const auto answer = RunQuery(
        *version, "t", Query(absl::Span<const float>(vector)), options);
    EXPECT_THAT(answer, IsOk());
    if (!monitor->IsDue(*answer)) return;
    monitor->Offer(version, request, *answer, options.effort_factor);
  }
  void AskAll(const std::shared_ptr<const Version>& version,
              RecallMonitor* monitor, float target_recall = 0) {
    for (const std::vector<float>& query : Data().queries) {
      Ask(version, query, monitor, target_recall);
    }
    WaitUntil([&] { return IsDone(monitor->Report()); });
  }

  Catalog catalog_;
};

TEST_F(RecallMonitorTest, MeasuresWhatAnswersHaveOfTheTruth) {
  const auto version = GraphVersion(3, Data().rows, kAllLinks);
  Publish(version);
  RecallMonitor monitor({.cpu_share = 1}, &catalog_);
  AskAll(version, &monitor);
  AskAll(version, &monitor, /*target_recall=*/0.5f);
  const RecallReport report = monitor.Report();
  EXPECT_EQ(report.cpu_share, 1);
  EXPECT_EQ(report.offered, 2 * kQueries);
  EXPECT_GT(report.taken, 0u);
  EXPECT_GT(report.measured, 0u);
  EXPECT_EQ(report.failed + report.empty + report.dropped_retired, 0u);
  EXPECT_GT(report.cpu_seconds, 0);
  ASSERT_EQ(report.tables.size(), 1u);
  const TableRecall& table = report.tables[0];
  EXPECT_EQ(table.model, "m");
  EXPECT_EQ(table.version, 3);
  EXPECT_EQ(table.table, "t");
  EXPECT_EQ(table.effort_factor, 1);
  EXPECT_FALSE(table.below_target);
  ASSERT_FALSE(table.estimates.empty());
  uint64_t samples = 0;
  for (const RecallEstimate& estimate : table.estimates) {
    samples += estimate.samples;
    EXPECT_EQ(estimate.filter_share, FilterShare::kNoFilter);
    EXPECT_EQ(estimate.mean_k, kK);
    EXPECT_GT(estimate.recall, 0.8);
    EXPECT_LE(estimate.interval.low, estimate.recall);
    EXPECT_GE(estimate.interval.high, estimate.recall);
  }
  EXPECT_EQ(samples, report.measured);
}

TEST_F(RecallMonitorTest, IsOffWithoutAShare) {
  const auto version = GraphVersion(1, Data().rows, kAllLinks);
  Publish(version);
  RecallMonitor monitor({.cpu_share = 0}, &catalog_);
  for (const std::vector<float>& query : Data().queries) {
    Ask(version, query, &monitor);
  }
  const RecallReport report = monitor.Report();
  EXPECT_EQ(report.offered, 0u);
  EXPECT_TRUE(report.tables.empty());
}

TEST_F(RecallMonitorTest, ExactAnswersAreNotDue) {
  RecallMonitor monitor({.cpu_share = 1}, &catalog_);
  Answer exact;
  exact.stats.exact = true;
  EXPECT_FALSE(monitor.IsDue(exact));
  EXPECT_EQ(monitor.Report().offered, 0u);
}

TEST_F(RecallMonitorTest, DropsSamplesOfVersionsThatAreNotServed) {
  auto version = GraphVersion(1, Data().rows, kAllLinks);
  RecallMonitor monitor({.cpu_share = 1}, &catalog_);
  // Never published, or retired: the catalog does not know it.
  AskAll(version, &monitor);
  const RecallReport report = monitor.Report();
  EXPECT_GT(report.taken, 0u);
  EXPECT_EQ(report.measured, 0u);
  EXPECT_EQ(report.dropped_retired, report.taken);
  // Nor does it keep one.
  const std::weak_ptr<const Version> there = version;
  version.reset();
  WaitUntil([&] { return there.expired(); });
}

TEST_F(RecallMonitorTest, ANewVersionOfTheSameNumberIsAnother) {
  const auto before = GraphVersion(1, Data().rows, kAllLinks);
  Publish(GraphVersion(1, Data().rows, kAllLinks));
  RecallMonitor monitor({.cpu_share = 1}, &catalog_);
  AskAll(before, &monitor);
  EXPECT_GT(monitor.Report().taken, 0u);
  EXPECT_EQ(monitor.Report().measured, 0u);
}

TEST_F(RecallMonitorTest, ForgetsVersionsThatAreNotServedAnyMore) {
  const auto first = GraphVersion(1, Data().rows, kAllLinks);
  Publish(first);
  RecallMonitor monitor({.cpu_share = 1}, &catalog_);
  AskAll(first, &monitor);
  ASSERT_EQ(monitor.Report().tables.size(), 1u);
  Publish(GraphVersion(2, Data().rows, kAllLinks));
  ASSERT_THAT(catalog_.Retire("m", 1), IsOk());
  WaitUntil([&] { return monitor.Report().tables.empty(); });
}

TEST_F(RecallMonitorTest, WhatIsLargeIsDroppedUnasked) {
  const auto version = GraphVersion(1, Data().rows, kAllLinks);
  Publish(version);
  RecallMonitor monitor({.cpu_share = 1}, &catalog_);
  v1::SearchRequest request = RequestFor(Data().queries[0]);
  for (int i = 0; i < 3000; ++i) {
    request.mutable_options()->add_exclude_ids(
        absl::StrCat(i, std::string(500, 'x')));
  }
  monitor.Offer(version, request, Answer(), 1);
  EXPECT_EQ(monitor.Report().dropped_full, 1u);
}

TEST_F(RecallMonitorTest, CountsWhatCannotBeMeasured) {
  const auto version = GraphVersion(1, Data().rows, kAllLinks);
  Publish(version);
  RecallMonitor monitor({.cpu_share = 1}, &catalog_);
  v1::SearchRequest request = RequestFor({1, 2, 3});  // not of the dimension
  monitor.Offer(version, request, Answer(), 1);
  WaitUntil([&] { return monitor.Report().failed == 1; });
  request = RequestFor(Data().queries[0]);
  request.mutable_options()->set_min_score(1);  // minus a distance is less
  monitor.Offer(version, request, Answer(), 1);
  WaitUntil([&] { return monitor.Report().empty == 1; });
  EXPECT_TRUE(monitor.Report().tables.empty());
}

TEST_F(RecallMonitorTest, ManyThreadsMayOffer) {
  const auto version = GraphVersion(1, Data().rows, kAllLinks);
  Publish(version);
  constexpr uint64_t kThreads = 4;
  RecallMonitor monitor({.cpu_share = 1}, &catalog_);
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (const std::vector<float>& query : Data().queries) {
        Ask(version, query, &monitor);
        if (monitor.Report().tables.size() > 1) std::abort();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  WaitUntil([&] { return IsDone(monitor.Report()); });
  EXPECT_EQ(monitor.Report().offered, kThreads * kQueries);
  EXPECT_GT(monitor.Report().measured, 0u);
}

// The proof that an index that was damaged is noticed, and how soon.
TEST_F(RecallMonitorTest, ADamagedIndexIsAnAlertWithinTheStatedSamples) {
  const auto version = GraphVersion(1, Data().rows, /*kept_links=*/1);
  Publish(version);
  std::vector<std::string> lines;
  const RecallTarget target{.recall = 0.95, .least = 1, .most = 4};
  std::string alert;
  uint64_t measured = 0;
  double recall = 0;
  {
    RecallMonitor monitor({.cpu_share = 1,
                           .target = target,
                           .say =
                               [&](const std::string& line, bool is_error) {
                                 if (is_error) alert = line;
                                 lines.push_back(line);
                               }},
                          &catalog_);
    const auto below = [](const RecallReport& report) {
      return !report.tables.empty() && report.tables[0].below_target;
    };
    RecallReport report = monitor.Report();
    for (size_t i = 0; !below(report) && report.measured < 10'000; ++i) {
      Ask(version, Data().queries[i % kQueries], &monitor);
      // One at a time: none is answered with a factor of before a step.
      WaitUntil([&] { return IsDone(monitor.Report()); });
      report = monitor.Report();
    }
    ASSERT_TRUE(below(report));
    measured = report.measured;
    EXPECT_EQ(report.tables[0].effort_factor, 4);
    ASSERT_EQ(report.tables[0].estimates.size(), 1u);
    recall = report.tables[0].estimates[0].recall;
  }
  const auto stated = SamplesToAlert(target, recall);
  ASSERT_TRUE(stated.has_value()) << "recall " << recall;
  EXPECT_LE(measured, *stated) << "recall " << recall;
  RecordProperty("samples", static_cast<int>(measured));
  RecordProperty("stated", static_cast<int>(*stated));
  RecordProperty("recall_percent", static_cast<int>(100 * recall));
  EXPECT_THAT(alert, testing::HasSubstr("recall of m/t version 1 is 0."));
  EXPECT_THAT(alert, testing::HasSubstr("the target is missed"));
  EXPECT_EQ(lines.size(), 5u) << "four steps up, and the alert";
}

}  // namespace
}  // namespace akin::server
