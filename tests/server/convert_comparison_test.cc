#include "server/convert_comparison.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <variant>

#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

TEST(CompareOptionsFromWire, AbsentIsTheDefault) {
  const v1::CompareVersionsRequest request;
  const auto options = CompareOptionsFromWire(request);
  ASSERT_THAT(options, IsOk());
  EXPECT_THAT(options->tables, IsEmpty());
  EXPECT_THAT(options->recorded, IsEmpty());
  EXPECT_EQ(options->k, 10u);
  EXPECT_EQ(options->queries, 500u);
}

TEST(CompareOptionsFromWire, TakesWhatIsThere) {
  const auto request = Parse<v1::CompareVersionsRequest>(R"(
      tables: "items" tables: "users" k: 3 queries: 77
      recorded { query_table: "users" ids: "u1" ids: "u2" }
      recorded { query_table: "items" ids: "i1" })");
  const auto options = CompareOptionsFromWire(request);
  ASSERT_THAT(options, IsOk());
  EXPECT_THAT(options->tables, ElementsAre("items", "users"));
  EXPECT_EQ(options->k, 3u);
  EXPECT_EQ(options->queries, 77u);
  ASSERT_THAT(options->recorded, SizeIs(2));
  EXPECT_EQ(options->recorded[0].query_table, "users");
  EXPECT_THAT(options->recorded[0].ids, ElementsAre("u1", "u2"));
  EXPECT_THAT(options->recorded[1].ids, ElementsAre("i1"));
}

TEST(CompareOptionsFromWire, TooManyRecordedIdsAreRefused) {
  v1::CompareVersionsRequest request;
  v1::RecordedQueries* recorded = request.add_recorded();
  recorded->set_query_table("users");
  for (int i = 0; i < 10'000; ++i) recorded->add_ids("u");
  EXPECT_THAT(CompareOptionsFromWire(request), IsOk());
  recorded->add_ids("u");
  EXPECT_THAT(CompareOptionsFromWire(request),
              IsStatus(StatusCode::kInvalidArgument,
                       "the number of recorded ids of table users is 10001, "
                       "expected 1 to 10000"));
}

TEST(ThresholdsFromWire, AbsentIsNotZero) {
  const auto none = ThresholdsFromWire({});
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(none->min_overlap.has_value());
  EXPECT_FALSE(none->max_memory_ratio.has_value());
  const auto zero =
      ThresholdsFromWire(Parse<v1::ComparisonThresholds>("min_overlap: 0"));
  ASSERT_THAT(zero, IsOk());
  EXPECT_EQ(zero->min_overlap, 0.0);
  EXPECT_FALSE(zero->min_recall.has_value());
}

TEST(ThresholdsFromWire, EachGoesToItsPlace) {
  const auto all = ThresholdsFromWire(Parse<v1::ComparisonThresholds>(R"(
      min_overlap: 0.1 min_rank_biased_overlap: 0.2 min_recall: 0.3
      max_lost_share: 0.4 max_score_drift: 0.5 max_norm_ratio: 1.6
      max_p99_ratio: 1.7 max_memory_ratio: 1.8)"));
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->min_overlap, 0.1);
  EXPECT_EQ(all->min_rank_biased_overlap, 0.2);
  EXPECT_EQ(all->min_recall, 0.3);
  EXPECT_EQ(all->max_lost_share, 0.4);
  EXPECT_EQ(all->max_score_drift, 0.5);
  EXPECT_EQ(all->max_norm_ratio, 1.6);
  EXPECT_EQ(all->max_p99_ratio, 1.7);
  EXPECT_EQ(all->max_memory_ratio, 1.8);
}

TEST(ThresholdsFromWire, RefusesWhatIsOutOfRange) {
  v1::ComparisonThresholds wire;
  wire.set_max_score_drift(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(ThresholdsFromWire(wire), IsStatus(StatusCode::kInvalidArgument,
                                                 HasSubstr("max_score_drift")));
}

TEST(ComparedVersionFromWire, NumberLabelOrNeither) {
  v1::VersionChoice choice;
  EXPECT_TRUE(
      std::holds_alternative<std::monostate>(ComparedVersionFromWire(choice)));
  choice.set_version(4);
  EXPECT_EQ(std::get<int64_t>(ComparedVersionFromWire(choice)), 4);
  choice.set_label("canary");
  EXPECT_EQ(std::get<absl::string_view>(ComparedVersionFromWire(choice)),
            "canary");
}

TEST(ComparisonToWire, EveryFigureGoesToItsPlace) {
  Comparison comparison;
  comparison.model = "movies";
  comparison.before = 3;
  comparison.after = 4;
  comparison.tables_added = {"actors"};
  comparison.tables_lost = {"genres", "years"};
  comparison.broken = {"users -> items: too little"};
  comparison.left_out = {{"users", 11, {"u8", "u9"}}};
  TableComparison pair;
  pair.query_table = "users";
  pair.table = "items";
  pair.k = 10;
  pair.queries = 500;
  pair.overlap = 0.5;
  pair.overlap_p10 = 0.125;
  pair.rank_biased_overlap = 0.25;
  pair.ids_added = 6;
  pair.ids_lost = 7;
  pair.some_added = {"a1", "a2"};
  pair.some_lost = {"l1"};
  pair.score_change = -0.5;
  pair.score_drift = 0.75;
  pair.norm_ratio = 1.5;
  pair.before = {1, 2, 0.0625, 4, 5, 64, Metric::kCosine, IndexKind::kGraph};
  pair.after = {6, 7, 0.03125, 9, 10, 32, Metric::kL2, IndexKind::kExact};
  pair.most_changed = {{"u1", 0.375, 0.625}, {"u2", 1, 2}};
  comparison.tables = {pair, TableComparison()};
  v1::Comparison wire;
  ComparisonToWire(comparison, &wire);
  const auto expected = Parse<v1::Comparison>(R"(
      model: "movies" before: 3 after: 4
      tables {
        query_table: "users" table: "items" k: 10 queries: 500
        overlap: 0.5 overlap_p10: 0.125 rank_biased_overlap: 0.25
        ids_added: 6 ids_lost: 7
        some_added: "a1" some_added: "a2" some_lost: "l1"
        score_change: -0.5 score_drift: 0.75 norm_ratio: 1.5
        before { rows: 1 memory_bytes: 2 recall: 0.0625
                 p50_microseconds: 4 p99_microseconds: 5
                 dimension: 64 metric: METRIC_COSINE index: INDEX_KIND_GRAPH }
        after { rows: 6 memory_bytes: 7 recall: 0.03125
                p50_microseconds: 9 p99_microseconds: 10
                dimension: 32 metric: METRIC_L2 index: INDEX_KIND_EXACT }
        most_changed { id: "u1" overlap: 0.375 rank_biased_overlap: 0.625 }
        most_changed { id: "u2" overlap: 1 rank_biased_overlap: 2 }
      }
      tables { before { metric: METRIC_COSINE index: INDEX_KIND_EXACT }
               after { metric: METRIC_COSINE index: INDEX_KIND_EXACT } }
      tables_added: "actors" tables_lost: "genres" tables_lost: "years"
      broken: "users -> items: too little"
      left_out { query_table: "users" ids: 11 some_ids: "u8" some_ids: "u9" })");
  std::string difference;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(expected, wire)) << difference;
}

}  // namespace
}  // namespace akin::server
