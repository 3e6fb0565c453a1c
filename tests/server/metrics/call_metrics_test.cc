// What Prometheus is told of calls.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/metrics/collect.h"
#include "tests/server/metrics/metric_values.h"

namespace akin::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

const ClientMetric::Histogram& HistogramOf(const Families& families,
                                           const std::string& name,
                                           const MetricLabels& labels) {
  static const ClientMetric::Histogram none;
  for (const ClientMetric& metric : Find(families, name).metric) {
    if (metric.label == labels) return metric.histogram;
  }
  ADD_FAILURE() << name << " of " << labels.at(0).value;
  return none;
}

// "Search ok", of the calls' durations.
std::vector<std::string> DurationsTold(const Families& families) {
  std::vector<std::string> told;
  for (const ClientMetric& metric :
       Find(families, "akin_rpc_duration_seconds").metric) {
    EXPECT_EQ(metric.label.size(), 2u);
    EXPECT_EQ(metric.label.at(0).name, "method");
    EXPECT_EQ(metric.label.at(1).name, "status");
    told.push_back(
        absl::StrCat(metric.label[0].value, " ", metric.label[1].value));
  }
  return told;
}

TEST(CollectCalls, SaysWhatTheCountersSay) {
  CallStats stats;
  stats.of(Rpc::kSearch).by_code[0] = 11;
  stats.of(Rpc::kSearch).by_code[8] = 2;
  stats.of(Rpc::kStreamSearchQuery).by_code[4] = 3;
  stats.in_flight = 4;
  stats.begun = 5;
  stats.overloaded = 6;
  stats.not_begun = 7;
  stats.stopped = 8;
  stats.longest_stop_ns = 2'500'000;
  stats.queries = 9;
  stats.distances = 10;
  stats.imports = 1;
  Families families;
  CollectCalls(stats, &families);

  std::map<std::string, MetricType> types;
  for (const MetricFamily& family : families) types[family.name] = family.type;
  EXPECT_THAT(types,
              UnorderedElementsAre(
                  Pair("akin_rpc_requests_total", MetricType::Counter),
                  Pair("akin_rpc_duration_seconds", MetricType::Histogram),
                  Pair("akin_rpc_queue_delay_seconds", MetricType::Histogram),
                  Pair("akin_rpc_in_flight", MetricType::Gauge),
                  Pair("akin_rpc_begun_total", MetricType::Counter),
                  Pair("akin_rpc_overloaded_total", MetricType::Counter),
                  Pair("akin_rpc_not_begun_total", MetricType::Counter),
                  Pair("akin_rpc_stopped_total", MetricType::Counter),
                  Pair("akin_rpc_longest_stop_seconds", MetricType::Gauge),
                  Pair("akin_queries_total", MetricType::Counter),
                  Pair("akin_distances_total", MetricType::Counter),
                  Pair("akin_imports", MetricType::Gauge)));

  auto ended = Values(families, "akin_rpc_requests_total");
  EXPECT_EQ(ended.size(), kRpcs * RpcStats::kCodes);
  EXPECT_EQ(ended["method=Search,code=OK"], 11);
  EXPECT_EQ(ended["method=Search,code=RESOURCE_EXHAUSTED"], 2);
  EXPECT_EQ(ended["method=StreamSearch/query,code=DEADLINE_EXCEEDED"], 3);
  EXPECT_EQ(ended.at("method=ImportVersion,code=UNAUTHENTICATED"), 0);
  for (const auto& [name, value] : {std::pair{"akin_rpc_in_flight", 4.0},
                                    {"akin_rpc_begun_total", 5.0},
                                    {"akin_rpc_overloaded_total", 6.0},
                                    {"akin_rpc_not_begun_total", 7.0},
                                    {"akin_rpc_stopped_total", 8.0},
                                    {"akin_rpc_longest_stop_seconds", 0.0025},
                                    {"akin_queries_total", 9.0},
                                    {"akin_distances_total", 10.0},
                                    {"akin_imports", 1.0}}) {
    EXPECT_THAT(Values(families, name), ElementsAre(Pair("", value))) << name;
  }
}

TEST(CollectCalls, HistogramsAreCumulativeAndInSeconds) {
  CallStats stats;
  LatencyHistogram& latency = stats.of(Rpc::kSearch).latency(Ending::kOk);
  latency.Add(std::chrono::microseconds(1));
  latency.Add(std::chrono::milliseconds(10));
  latency.Add(std::chrono::milliseconds(10));
  latency.Add(std::chrono::seconds(100));
  stats.of(Rpc::kSearch).queue_delay.Add(std::chrono::milliseconds(2));
  Families families;
  CollectCalls(stats, &families);

  const auto& took = HistogramOf(families, "akin_rpc_duration_seconds",
                                 {{"method", "Search"}, {"status", "ok"}});
  EXPECT_EQ(took.sample_count, 4u);
  EXPECT_NEAR(took.sample_sum, 100.020001, 1e-9);
  ASSERT_EQ(took.bucket.size(), 25u);
  EXPECT_NEAR(took.bucket.front().upper_bound, 1e-6 * std::pow(1.25, 9), 1e-12);
  EXPECT_NEAR(took.bucket.back().upper_bound, 1e-6 * std::pow(1.25, 81), 1e-6);
  double end = 0;
  uint64_t calls = 0;
  for (const auto& bucket : took.bucket) {
    EXPECT_GT(bucket.upper_bound, end);
    EXPECT_GE(bucket.cumulative_count, calls);
    end = bucket.upper_bound;
    calls = bucket.cumulative_count;
    EXPECT_EQ(calls, end < 0.01 ? 1u : 3u) << end;
  }
  EXPECT_EQ(HistogramOf(families, "akin_rpc_queue_delay_seconds",
                        {{"method", "Search"}})
                .sample_count,
            1u);
  // Only what may wait for a worker has a delay.
  EXPECT_EQ(Find(families, "akin_rpc_queue_delay_seconds").metric.size(), 7u);
}

TEST(CollectCalls, OtherEndingsAreTimedApart) {
  CallStats stats;
  const auto add = [&](Rpc rpc, absl::StatusCode code, int milliseconds) {
    stats.of(rpc).by_code[static_cast<size_t>(code)] += 1;
    stats.of(rpc)
        .latency(EndingOf(code))
        .Add(std::chrono::milliseconds(milliseconds));
  };
  add(Rpc::kSearch, absl::StatusCode::kOk, 1);
  add(Rpc::kSearch, absl::StatusCode::kUnavailable, 2);
  add(Rpc::kSearch, absl::StatusCode::kResourceExhausted, 3);
  add(Rpc::kSearch, absl::StatusCode::kDeadlineExceeded, 4000);
  add(Rpc::kSearch, absl::StatusCode::kNotFound, 5);
  Families families;
  CollectCalls(stats, &families);
  for (const auto& [status, calls, seconds] :
       {std::tuple{"ok", 1u, 0.001}, std::tuple{"refused", 2u, 0.005},
        std::tuple{"late", 1u, 4.0}, std::tuple{"error", 1u, 0.005}}) {
    const auto& took = HistogramOf(families, "akin_rpc_duration_seconds",
                                   {{"method", "Search"}, {"status", status}});
    EXPECT_EQ(took.sample_count, calls) << status;
    EXPECT_NEAR(took.sample_sum, seconds, 1e-9) << status;
  }
}

// What was answered is told from the start; the other endings of a method from
// its first call on, however that ended, so that the page stays small.
TEST(CollectCalls, EndingsOfWhatIsNotCalledAreLeftOut) {
  CallStats stats;
  Families families;
  CollectCalls(stats, &families);
  std::vector<std::string> wanted;
  for (size_t i = 0; i < kRpcs; ++i) {
    wanted.push_back(absl::StrCat(NameOf(static_cast<Rpc>(i)), " ok"));
  }
  EXPECT_EQ(DurationsTold(families), wanted);

  stats.of(Rpc::kGetModel).by_code[0] = 1;
  stats.of(Rpc::kScore).by_code[5] = 1;
  families.clear();
  CollectCalls(stats, &families);
  for (const char* method : {"GetModel", "Score"}) {
    for (const char* status : {" refused", " late", " error"}) {
      wanted.push_back(absl::StrCat(method, status));
    }
  }
  EXPECT_THAT(DurationsTold(families), UnorderedElementsAreArray(wanted));
}

}  // namespace
}  // namespace akin::server
