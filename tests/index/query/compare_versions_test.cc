#include "index/query/compare_versions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/index/query/compare_fixture.h"

namespace akin {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(CompareVersionsTest, AVersionAgreesWithItself) {
  const Version version = VersionOf(
      7, {{"users", RandomRows(60, 8, 1)}, {"items", RandomRows(300, 8, 2)}});
  const Comparison comparison = Compared(version, version);
  EXPECT_EQ(comparison.model, "movies");
  EXPECT_EQ(comparison.before, 7);
  EXPECT_EQ(comparison.after, 7);
  EXPECT_THAT(comparison.tables_added, IsEmpty());
  EXPECT_THAT(comparison.tables_lost, IsEmpty());
  EXPECT_THAT(comparison.broken, IsEmpty());
  std::vector<std::string> pairs;
  for (const TableComparison& pair : comparison.tables) {
    pairs.push_back(absl::StrCat(pair.query_table, ">", pair.table));
    EXPECT_EQ(pair.k, 10u);
    EXPECT_EQ(pair.queries, pair.query_table == "users" ? 60u : 300u);
    EXPECT_EQ(pair.overlap, 1);
    EXPECT_EQ(pair.overlap_p10, 1);
    EXPECT_EQ(pair.rank_biased_overlap, 1);
    EXPECT_EQ(pair.ids_added, 0u);
    EXPECT_EQ(pair.ids_lost, 0u);
    EXPECT_EQ(pair.score_change, 0);
    EXPECT_EQ(pair.score_drift, 0);
    EXPECT_EQ(pair.norm_ratio, 1);
    EXPECT_THAT(pair.most_changed, IsEmpty());
    for (const VersionMeasures& side : {pair.before, pair.after}) {
      EXPECT_EQ(side.rows, pair.table == "users" ? 60u : 300u);
      EXPECT_EQ(side.memory_bytes,
                (*version.FindTable(pair.table))->memory_bytes());
      EXPECT_EQ(side.recall, 1);
      EXPECT_GT(side.p50_microseconds, 0);
      EXPECT_GE(side.p99_microseconds, side.p50_microseconds);
    }
  }
  EXPECT_THAT(pairs, ElementsAre("users>users", "users>items", "items>users",
                                 "items>items"));
}

TEST(CompareVersionsTest, ReplacedIdsAreCountedAndMissed) {
  const Rows before = RandomRows(300, 8, 1);
  Rows after = before;
  for (int i = 0; i < 30; ++i) after[i * 10].first = absl::StrCat("new", i);
  after.emplace_back("newest", std::vector<float>(8, 1.0f));
  const TableComparison items = ComparedItems(before, after);
  EXPECT_EQ(items.ids_lost, 30u);
  EXPECT_EQ(items.ids_added, 31u);
  EXPECT_THAT(items.some_lost, ElementsAre("r0", "r10", "r20", "r30", "r40",
                                           "r50", "r60", "r70", "r80", "r90"));
  EXPECT_THAT(items.some_added,
              ElementsAre("new0", "new1", "new2", "new3", "new4", "new5",
                          "new6", "new7", "new8", "new9"));
  EXPECT_EQ(items.queries, 270u);
  EXPECT_NEAR(items.overlap, 0.9, 0.05);
  EXPECT_LT(items.overlap_p10, items.overlap);
  EXPECT_LT(items.rank_biased_overlap, 0.99);
  EXPECT_GT(items.rank_biased_overlap, 0.6);
  EXPECT_EQ(items.before.rows, 300u);
  EXPECT_EQ(items.after.rows, 301u);
  EXPECT_GT(items.after.memory_bytes, items.before.memory_bytes);
}

TEST(CompareVersionsTest, ARotatedSpaceGivesTheSameAnswers) {
  const Rows rows = RandomRows(300, 8, 1);
  const TableComparison items = ComparedItems(rows, Rotated(rows));
  EXPECT_EQ(items.overlap, 1);
  EXPECT_EQ(items.overlap_p10, 1);
  EXPECT_NEAR(items.rank_biased_overlap, 1, 1e-9);
  EXPECT_NEAR(items.score_drift, 0, 1e-6);
  EXPECT_NEAR(items.norm_ratio, 1, 1e-6);
  // The test's own: the vectors are others.
  EXPECT_GT(std::abs(Rotated(rows)[0].second[0] - rows[0].second[0]), 0.1);
}

TEST(CompareVersionsTest, LongerVectorsUnderDotScoreHigher) {
  const Rows rows = RandomRows(200, 8, 1);
  const TableComparison items =
      ComparedItems(rows, Scaled(rows, 2), Metric::kDot);
  EXPECT_EQ(items.overlap, 1);
  EXPECT_DOUBLE_EQ(items.norm_ratio, 2);
  EXPECT_GT(items.score_change, 0);
  EXPECT_NEAR(items.score_drift, items.score_change, 1e-6);
  EXPECT_NEAR(ComparedItems(Scaled(rows, 2), rows, Metric::kDot).score_change,
              -items.score_change, 1e-6);
  // Under cosine only the lengths are others.
  const TableComparison cosine = ComparedItems(rows, Scaled(rows, 2));
  EXPECT_NEAR(cosine.norm_ratio, 2, 1e-6);
  EXPECT_NEAR(cosine.score_drift, 0, 1e-6);
}

TEST(CompareVersionsTest, ShuffledItemsAgreeInNothing) {
  const Rows rows = RandomRows(500, 8, 1);
  const TableComparison items = ComparedItems(rows, Shuffled(rows));
  EXPECT_LT(items.overlap, 0.1);
  EXPECT_EQ(items.overlap_p10, 0);
  EXPECT_LT(items.rank_biased_overlap, 0.1);
  EXPECT_EQ(items.ids_lost, 0u);
  ASSERT_THAT(items.most_changed, SizeIs(10));
  for (size_t i = 0; i + 1 < items.most_changed.size(); ++i) {
    const ChangedQuery& one = items.most_changed[i];
    const ChangedQuery& next = items.most_changed[i + 1];
    EXPECT_EQ(one.rank_biased_overlap, 0);
    EXPECT_EQ(one.overlap, 0);
    EXPECT_LT(one.id, next.id);
  }
}

TEST(CompareVersionsTest, MostChangedAreThoseThatChanged) {
  const Rows rows = {{"a", {1, 0}},
                     {"b", {0.9f, 0.1f}},
                     {"c", {0.8f, 0.3f}},
                     {"far", {-1, 0.1f}}};
  Rows after = rows;
  after[3].second = {0.99f, 0.01f};  // now nearest to a
  const TableComparison items =
      ComparedItems(rows, after, Metric::kCosine, {.k = 1});
  // Nearest before: b of a, c of b, b of c, c of far; after: far of a, far of
  // b, b of c, a of far.
  EXPECT_EQ(items.overlap, 0.25);
  ASSERT_THAT(items.most_changed, SizeIs(3));
  EXPECT_EQ(items.most_changed[0].id, "a");
  EXPECT_EQ(items.most_changed[1].id, "b");
  EXPECT_EQ(items.most_changed[2].id, "far");
}

TEST(CompareVersionsTest, AnIdIsLeftOutOfItsOwnTableOnly) {
  const Rows before = {{"a", {1, 0}}, {"b", {0, 1}}};
  const Rows after = {{"a", {1, 0}}, {"b", {3, 4}}};
  const Comparison comparison =
      Compared(VersionOf(1, {{"users", before}, {"items", before}}),
               VersionOf(2, {{"users", after}, {"items", after}}));
  ASSERT_THAT(comparison.tables, SizeIs(4));
  // The other id of two: 0.6 instead of 0.
  EXPECT_NEAR(comparison.tables[0].score_change, 0.6, 1e-6);
  // The same vector in the other table: 1.
  EXPECT_NEAR(comparison.tables[1].score_change, 0, 1e-6);
  EXPECT_EQ(comparison.tables[1].query_table, "users");
  EXPECT_EQ(comparison.tables[1].table, "items");
}

TEST(CompareVersionsTest, QueriesComeFromTheVersionThatAnswers) {
  const Rows users = RandomRows(50, 8, 1);
  const Rows items = RandomRows(300, 8, 2);
  const Version before = VersionOf(1, {{"users", users}, {"items", items}});
  const Version rotated =
      VersionOf(2, {{"users", Rotated(users)}, {"items", Rotated(items)}});
  const Version moved =
      VersionOf(3, {{"users", Shuffled(users)}, {"items", items}});
  const CompareOptions options = {.tables = {"items"}};
  const Comparison same = Compared(before, rotated, options);
  ASSERT_THAT(same.tables, SizeIs(2));
  EXPECT_EQ(same.tables[0].query_table, "users");
  EXPECT_EQ(same.tables[0].overlap, 1);
  const Comparison other = Compared(before, moved, options);
  EXPECT_LT(other.tables[0].overlap, 0.3);
  EXPECT_EQ(other.tables[1].query_table, "items");
  EXPECT_EQ(other.tables[1].overlap, 1);
}

TEST(CompareVersionsTest, RecallIsOfTheIndexAgainstItsOwnExactSearch) {
  // More than are answered exactly at a time.
  const Rows users = RandomRows(300, 8, 1);
  const Rows items = RandomRows(300, 8, 2);
  const Version before = VersionOf(1, {{"users", users}, {"items", items}});
  const Version after = WithCarelessItems(2, users, items);
  const Comparison comparison =
      Compared(before, after, {.tables = {"items"}, .k = 10});
  const TableComparison& pair = comparison.tables.at(0);
  EXPECT_EQ(pair.before.recall, 1);
  EXPECT_DOUBLE_EQ(pair.after.recall, 0.5);
  EXPECT_DOUBLE_EQ(pair.overlap, 0.5);
  EXPECT_EQ(pair.score_drift, 0);
  EXPECT_EQ(pair.before.index, IndexKind::kExact);
  EXPECT_EQ(pair.after.index, IndexKind::kGraph);
  EXPECT_EQ(pair.after.memory_bytes, pair.before.memory_bytes + 1'000'000);
}

TEST(CompareVersionsTest, VectorsThatAreNoQuery) {
  Rows before = RandomRows(10, 3, 1);
  Rows after = before;
  before[0].second = after[0].second = {0, 0, 0};
  after[1].second = {0, 0, 0};
  const Rows items = RandomRows(20, 3, 2);
  const CompareOptions options = {.tables = {"items"}, .k = 3};
  const Comparison comparison = Compared(
      VersionOf(1, {{"users", before, Metric::kDot}, {"items", items}}),
      VersionOf(2, {{"users", after, Metric::kDot}, {"items", items}}),
      options);
  const TableComparison& pair = comparison.tables.at(0);
  // Asked of neither: left out. Asked of one: the other has no answer.
  EXPECT_EQ(pair.queries, 9u);
  EXPECT_DOUBLE_EQ(pair.overlap, 8.0 / 9);
  ASSERT_THAT(pair.most_changed, SizeIs(1));
  EXPECT_EQ(pair.most_changed[0].id, "r1");
  EXPECT_EQ(pair.after.recall, 1);
  EXPECT_GT(pair.after.p50_microseconds, 0);
  EXPECT_EQ(pair.score_drift, 0);
}

TEST(CompareVersionsTest, WithoutSharedIdsNothingIsKnown) {
  Rows after = RandomRows(20, 4, 1);
  for (auto& row : after) row.first += "-new";
  const TableComparison items = ComparedItems(RandomRows(20, 4, 1), after);
  EXPECT_EQ(items.queries, 0u);
  EXPECT_EQ(items.overlap, 0);
  EXPECT_EQ(items.overlap_p10, 0);
  EXPECT_EQ(items.rank_biased_overlap, 0);
  EXPECT_EQ(items.norm_ratio, 0);
  EXPECT_EQ(items.before.recall, 0);
  EXPECT_EQ(items.before.p99_microseconds, 0);
  EXPECT_THAT(items.most_changed, IsEmpty());
  EXPECT_EQ(items.ids_lost, 20u);
  EXPECT_EQ(items.ids_added, 20u);
  EXPECT_EQ(items.after.rows, 20u);
}

TEST(CompareVersionsTest, TablesOfOneVersionAreNamed) {
  const Rows rows = RandomRows(5, 4, 1);
  const Version before = VersionOf(1, {{"items", rows}, {"genres", rows}});
  const Version after = VersionOf(2, {{"actors", rows}, {"items", rows}});
  const Comparison comparison = Compared(before, after);
  EXPECT_THAT(comparison.tables, SizeIs(1));
  EXPECT_THAT(comparison.tables_added, ElementsAre("actors"));
  EXPECT_THAT(comparison.tables_lost, ElementsAre("genres"));
  EXPECT_THAT(Compared(before, VersionOf(3, {{"actors", rows}})).tables,
              IsEmpty());
}

TEST(CompareVersionsTest, AsksAsManyAsItIsToldAndTheSameForTheSameSeed) {
  const Rows rows = RandomRows(400, 8, 1);
  const Rows shuffled = Shuffled(rows);
  const auto asked = [&](uint64_t seed) {
    CompareOptions options;
    options.queries = 10;
    options.seed = seed;
    const TableComparison items =
        ComparedItems(rows, shuffled, Metric::kCosine, options);
    EXPECT_EQ(items.queries, 10u);
    std::set<std::string> ids;
    for (const ChangedQuery& query : items.most_changed) ids.insert(query.id);
    EXPECT_THAT(ids, SizeIs(10));
    return ids;
  };
  EXPECT_EQ(asked(1), asked(1));
  EXPECT_NE(asked(1), asked(2));
}

TEST(CompareVersionsTest, RecordedIdsAreAskedInsteadOfRandomOnes) {
  const Rows users = RandomRows(50, 8, 1);
  const Rows items = RandomRows(100, 8, 2);
  const Version before = VersionOf(1, {{"users", users}, {"items", items}});
  const Version after =
      VersionOf(2, {{"users", Shuffled(users)}, {"items", Shuffled(items)}});
  CompareOptions options;
  options.recorded = {{"users", {"r7", "unknown", "r3", "r7", ""}}};
  const Comparison comparison = Compared(before, after, options);
  ASSERT_THAT(comparison.tables, SizeIs(2));
  for (const TableComparison& pair : comparison.tables) {
    EXPECT_EQ(pair.query_table, "users");
    EXPECT_EQ(pair.queries, 2u);
    EXPECT_NE(pair.norm_ratio, 0);
    std::vector<std::string> ids;
    for (const ChangedQuery& query : pair.most_changed) ids.push_back(query.id);
    EXPECT_THAT(ids, testing::UnorderedElementsAre("r3", "r7"));
  }
  ASSERT_THAT(comparison.left_out, SizeIs(1));
  EXPECT_EQ(comparison.left_out[0].query_table, "users");
  EXPECT_EQ(comparison.left_out[0].ids, 2u);
  EXPECT_THAT(comparison.left_out[0].some_ids, ElementsAre("unknown", ""));
}

TEST(CompareVersionsTest, RecordedIdsThatAreLeftOutAreCountedAndSomeNamed) {
  const Rows rows = RandomRows(20, 4, 1);
  const Version before = VersionOf(1, {{"a", rows}, {"b", rows}});
  const Version after =
      VersionOf(2, {{"a", {rows.begin(), rows.begin() + 5}}, {"b", rows}});
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(absl::StrCat("r", i));
  ids.emplace_back("r19");  // again
  CompareOptions options;
  options.recorded = {{"a", {ids.begin(), ids.end()}}, {"b", {"r1"}}};
  const Comparison comparison = Compared(before, after, options);
  ASSERT_THAT(comparison.left_out, SizeIs(1)) << "none of b";
  EXPECT_EQ(comparison.left_out[0].ids, 15u);
  EXPECT_THAT(comparison.left_out[0].some_ids, SizeIs(10));
  EXPECT_EQ(comparison.left_out[0].some_ids[0], "r5") << "lost";
}

TEST(CompareVersionsTest, SaysOfWhatKindTheTablesAre) {
  const Comparison comparison =
      Compared(VersionOf(1, {{"items", RandomRows(30, 8, 1), Metric::kCosine}}),
               VersionOf(2, {{"items", RandomRows(30, 4, 1), Metric::kDot}}));
  ASSERT_THAT(comparison.tables, SizeIs(1));
  const VersionMeasures& before = comparison.tables[0].before;
  const VersionMeasures& after = comparison.tables[0].after;
  EXPECT_EQ(before.dimension, 8u);
  EXPECT_EQ(after.dimension, 4u);
  EXPECT_EQ(before.metric, Metric::kCosine);
  EXPECT_EQ(after.metric, Metric::kDot);
  EXPECT_EQ(before.index, IndexKind::kExact);
  EXPECT_GT(comparison.tables[0].queries, 0u);
}

TEST(CompareVersionsTest, AnswersMayBeShorterThanK) {
  const Rows rows = {{"a", {1, 0}}, {"b", {1, 1}}, {"c", {0, 1}}};
  Rows after = rows;
  after.emplace_back("d", std::vector<float>{-1, 0});
  // Two of the three ids that the longer answer has.
  const TableComparison items = ComparedItems(rows, after);
  EXPECT_DOUBLE_EQ(items.overlap, 2.0 / 3);
  EXPECT_EQ(items.before.recall, 1);
  // Nothing is left of one id, in both versions.
  const TableComparison single = ComparedItems({{"a", {1}}}, {{"a", {2}}});
  EXPECT_EQ(single.queries, 1u);
  EXPECT_EQ(single.overlap, 1);
  EXPECT_EQ(single.rank_biased_overlap, 1);
  EXPECT_EQ(single.score_drift, 0);
}

}  // namespace
}  // namespace akin
