#include "server/metrics/collect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/revision.h"
#include "tests/server/metrics/metric_values.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using prometheus::MetricFamily;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

VersionFacts Facts(int64_t number, VersionState state,
                   std::shared_ptr<const Version> version = nullptr) {
  VersionFacts facts;
  facts.number = number;
  facts.state = state;
  facts.version = std::move(version);
  return facts;
}

ModelFacts RoyalFacts() {
  ModelFacts model;
  model.name = "royal";
  model.versions = {Facts(5, VersionState::kFailed),
                    Facts(4, VersionState::kLoading),
                    Facts(3, VersionState::kAvailable, RoyalVersion(3)),
                    Facts(2, VersionState::kSealed)};
  model.versions[1].bytes_done = 25;
  model.versions[1].bytes_total = 100;
  model.labels["stable"].version = 3;
  model.labels["canary"].version = 3;
  model.labels["canary"].share = 0.25;
  return model;
}

TEST(CollectVersions, SaysWhereEachStands) {
  Families families;
  CollectVersions({RoyalFacts()}, &families);
  EXPECT_THAT(
      Values(families, "akin_version_state"),
      UnorderedElementsAre(Pair("model=royal,version=5,state=failed", 1),
                           Pair("model=royal,version=4,state=loading", 1),
                           Pair("model=royal,version=3,state=available", 1),
                           Pair("model=royal,version=2,state=sealed", 1)));
  EXPECT_THAT(Values(families, "akin_model_versions"),
              UnorderedElementsAre(Pair("model=royal,state=failed", 1),
                                   Pair("model=royal,state=loading", 1),
                                   Pair("model=royal,state=available", 1),
                                   Pair("model=royal,state=sealed", 1),
                                   Pair("model=royal,state=unloading", 0)));
  EXPECT_THAT(Values(families, "akin_version_load_progress_ratio"),
              ElementsAre(Pair("model=royal,version=4", 0.25)));
  EXPECT_THAT(Values(families, "akin_label_version"),
              UnorderedElementsAre(Pair("model=royal,label=stable", 3),
                                   Pair("model=royal,label=canary", 3)));
  EXPECT_THAT(Values(families, "akin_label_share_ratio"),
              ElementsAre(Pair("model=royal,label=canary", 0.25)));
}

TEST(CollectVersions, SaysWhatTablesTake) {
  const ModelFacts model = RoyalFacts();
  Families families;
  CollectVersions({model}, &families);
  EXPECT_THAT(
      Values(families, "akin_table_rows"),
      UnorderedElementsAre(Pair("model=royal,version=3,table=words", 7),
                           Pair("model=royal,version=3,table=people", 2)));
  const auto memory = Values(families, "akin_table_memory_bytes");
  EXPECT_EQ(memory.size(), 10u);
  // 7 vectors of 3 floats, and a norm each.
  EXPECT_GE(memory.at("model=royal,version=3,table=words,part=vectors"),
            7 * (3 + 1) * 4);
  for (const auto& table : model.versions[2].version->tables()) {
    double parts = 0;
    for (const auto& [labels, bytes] : memory) {
      if (absl::StrContains(labels, "table=" + table->table().name() + ",")) {
        parts += bytes;
      }
    }
    EXPECT_EQ(parts, static_cast<double>(table->memory_bytes()));
  }
  // It was never measured.
  EXPECT_TRUE(
      Find(families, "akin_table_calibrated_recall_ratio").metric.empty());
}

TEST(CollectVersions, SaysTheRecallThatTheGraphWasBuiltWith) {
  auto table = std::make_unique<IndexedTable>(
      MakeTable("words", Metric::kCosine, RoyalRows()));
  table->mutable_report()->recall_at_10 = 0.96875;
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(std::move(table));
  ModelFacts model;
  model.name = "m";
  model.versions = {
      Facts(1, VersionState::kUnloading,
            std::make_shared<const Version>("m", 1, std::move(tables)))};
  Families families;
  CollectVersions({model}, &families);
  EXPECT_THAT(Values(families, "akin_table_calibrated_recall_ratio"),
              ElementsAre(Pair("model=m,version=1,table=words", 0.96875)));
}

TEST(CollectVersions, OfNothingIsNothing) {
  Families families;
  CollectVersions({}, &families);
  CollectShadows({{"m", {}}}, &families);
  EXPECT_EQ(families.size(), 10u);
  for (const MetricFamily& family : families) {
    EXPECT_TRUE(family.metric.empty()) << family.name;
  }
}

TEST(CollectShadows, SaysHowTheyEnded) {
  Families families;
  CollectShadows({{"m",
                   {.stable = 1,
                    .canary = 2,
                    .queries = 8,
                    .overlap_sum = 6,
                    .failed = 3,
                    .skipped = 4}}},
                 &families);
  EXPECT_THAT(Values(families, "akin_shadow_queries_total"),
              UnorderedElementsAre(
                  Pair("model=m,stable=1,canary=2,result=compared", 8),
                  Pair("model=m,stable=1,canary=2,result=failed", 3),
                  Pair("model=m,stable=1,canary=2,result=skipped", 4)));
  EXPECT_THAT(Values(families, "akin_shadow_overlap_ratio"),
              ElementsAre(Pair("model=m,stable=1,canary=2", 0.75)));
}

TEST(CollectServer, SaysWhatItIsAndDoes) {
  Config config;
  config.set_threads(3);
  config.set_max_connections(50);
  ServerState state(config);
  state.phase = Phase::kDraining;
  state.loads.Count(absl::OkStatus());
  state.loads.Count(absl::DataLossError(""));
  state.loads.Count(absl::DataLossError(""));
  state.loads.Count(absl::CancelledError(""));
  Families families;
  CollectServer(state, 6, &families);
  EXPECT_THAT(
      Values(families, "akin_server_state"),
      UnorderedElementsAre(Pair("state=loading", 0), Pair("state=serving", 0),
                           Pair("state=draining", 1)));
  EXPECT_THAT(Values(families, "akin_search_threads"),
              ElementsAre(Pair("", 3)));
  EXPECT_THAT(Values(families, "akin_queue_calls"), ElementsAre(Pair("", 0)));
  EXPECT_THAT(Values(families, "akin_connections"), ElementsAre(Pair("", 6)));
  EXPECT_THAT(Values(families, "akin_connections_limit"),
              ElementsAre(Pair("", 50)));
  EXPECT_THAT(
      Values(families, "akin_version_loads_total"),
      UnorderedElementsAre(Pair("result=ok", 1), Pair("result=failed", 2)));
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  EXPECT_NEAR(
      Values(families, "akin_version_last_load_success_timestamp_seconds")[""],
      now, 3600);
  const auto build = Values(families, "akin_build_info");
  ASSERT_EQ(build.size(), 1u);
  EXPECT_THAT(build.begin()->first,
              StartsWith(absl::StrCat("version=" AKIN_VERSION ",revision=",
                                      Revision(), ",cpu_target=")));
  EXPECT_NE(Revision(), "");
}

TEST(CollectProcess, ReadsProc) {
  const TempDir dir;
  std::filesystem::create_directories(dir.Path("self/fd"));
  for (const char* name : {"self/fd/0", "self/fd/1", "self/fd/17"}) {
    dir.Write(name, "");
  }
  dir.Write("stat", "cpu  1 2 3\nbtime 1700000000\nprocesses 5\n");
  // A name of its own making.
  dir.Write("self/stat",
            "42 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 150 50 13 14 15 16 17 18 "
            "1000 8192 3 20 21\n");
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  Families families;
  CollectProcess(dir.Path(""), &families);
  const auto value = [&](const std::string& name) {
    return Values(families, name).at("");
  };
  EXPECT_DOUBLE_EQ(value("process_cpu_seconds_total"), 200 / ticks);
  EXPECT_EQ(value("process_resident_memory_bytes"),
            3.0 * static_cast<double>(sysconf(_SC_PAGESIZE)));
  EXPECT_EQ(value("process_virtual_memory_bytes"), 8192);
  EXPECT_EQ(value("process_open_fds"), 3);
  EXPECT_GT(value("process_max_fds"), 0);
  EXPECT_DOUBLE_EQ(value("process_start_time_seconds"), 1.7e9 + 1000 / ticks);
}

TEST(CollectProcess, WhatIsNotThereHasNoValue) {
  const TempDir dir;
  Families families;
  CollectProcess(dir.Path("nothing"), &families);
  for (const MetricFamily& family : families) {
    EXPECT_EQ(family.metric.size(), family.name == "process_max_fds" ? 1u : 0u)
        << family.name;
  }
}

TEST(Collect, OfThisProcess) {
  Config config;
  config.set_threads(1);
  ServerState state(config);
  ASSERT_THAT(state.catalog.Publish(RoyalVersion(2)), IsOk());
  const Families families = Collect(state, 0);
  EXPECT_GT(Values(families, "process_resident_memory_bytes")[""], 1e6);
  EXPECT_GT(Values(families, "process_open_fds")[""], 2);
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  EXPECT_LE(Values(families, "process_start_time_seconds")[""], now + 1);
  EXPECT_EQ(Values(families, "akin_label_version")["model=royal,label=stable"],
            2);
  std::map<std::string, int> names;
  for (const MetricFamily& family : families) {
    EXPECT_EQ(++names[family.name], 1) << family.name;
    EXPECT_FALSE(family.help.empty()) << family.name;
  }
}

TEST(MetricsText, IsWhatPrometheusReads) {
  LatencyHistogram latency;
  latency.Add(std::chrono::seconds(1000));
  Families families = {CounterFamily("a_total", "What a is"),
                       HistogramFamily("b_seconds", "What b is")};
  AddValue(3, {{"name", "quote\" back\\ line\n"}}, &families[0]);
  AddLatency(latency, {}, &families[1]);
  const std::string text = MetricsText(families);
  EXPECT_THAT(text, HasSubstr("# HELP a_total What a is\n"
                              "# TYPE a_total counter\n"
                              "a_total{name=\"quote\\\" back\\\\ line\\n\"} "
                              "3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE b_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("b_seconds_bucket{le=\"+Inf\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("b_seconds_sum 1000\n"));
  EXPECT_THAT(text, HasSubstr("b_seconds_count 1\n"));
}

}  // namespace
}  // namespace akin::server
