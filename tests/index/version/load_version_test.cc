#include "index/version/load_version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/query/run_query.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

class LoadVersionTest : public testing::Test {
 protected:
  TableSpec Spec(const std::string& name, const std::string& content) {
    TableSpec spec;
    spec.name = name;
    spec.source.path = dir_.Write(name + ".txt", content);
    return spec;
  }
  absl::StatusOr<std::shared_ptr<const Version>> Load(
      const std::vector<TableSpec>& specs) {
    LoadOptions options;
    options.pool = &pool_;
    options.progress = progress_;
    options.calibrate.queries = 60;
    options.calibrate.timed = 8;
    return LoadVersion("m", 1, specs, options);
  }
  std::string RandomText(size_t rows, size_t dimension) {
    std::string text;
    for (const auto& [id, values] : RandomRows(rows, dimension, 5)) {
      absl::StrAppend(&text, id);
      for (const float value : values) absl::StrAppend(&text, " ", value);
      absl::StrAppend(&text, "\n");
    }
    return text;
  }

  TempDir dir_;
  WorkerPool pool_{2};
  std::function<bool(const LoadProgress&)> progress_;
};

TEST_F(LoadVersionTest, LoadsSeveralTablesAsOne) {
  TableSpec users = Spec("users", "u1 1 0\nu2 0 1\n");
  TableSpec items = Spec("items", "the film 2 1\nother 0 3\n");
  items.read.table.metric = Metric::kDot;
  const auto version = Load({users, items});
  ASSERT_THAT(version, IsOk());
  const auto table = (*version)->FindTable("items");
  ASSERT_THAT(table, IsOk());
  EXPECT_EQ((*table)->table().ids().Id(0), "the film");
  EXPECT_EQ((*table)->table().metric(), Metric::kDot);
  EXPECT_EQ((*table)->report().source, "items.txt");
  const auto answer =
      RunQuery(**version, "items", ItemRef{"users", "u1"}, {.k = 1});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->hits[0].id, "the film");
  EXPECT_FLOAT_EQ(answer->hits[0].score, 2.0f);
}

TEST_F(LoadVersionTest, FailsWithTheFirstFiveBadRowsAndTheirNumber) {
  const std::string text =
      "a 1 2 3\nb 1 2\nc 1 x 3\nd 0 0 0\na 4 5 6\ne\xff 1 2 3\nf 1 nan 3\n"
      "g 1 2 3\n";
  EXPECT_THAT(
      Load({Spec("t", text)}),
      IsStatus(StatusCode::kInvalidArgument,
               AllOf(HasSubstr("table m/t: "), HasSubstr("t.txt: 6 bad rows: "),
                     HasSubstr("line 2 "), HasSubstr("line 3 "),
                     HasSubstr("line 4 "), HasSubstr("line 5 "),
                     HasSubstr("line 6 "), HasSubstr("and 1 more"),
                     Not(HasSubstr("line 7")))));
}

TEST_F(LoadVersionTest, SkipsBadRowsWhenAskedAndCountsThem) {
  TableSpec spec = Spec("t",
                        "a 1 2 3\nb 1 2\nc 1 x 3\nd 0 0 0\na 4 5 6\n"
                        "e\xff 1 2 3\nf 1 nan 3\ng 1 2 3\n");
  spec.read.on_bad_row = OnBadRow::kSkip;
  const auto version = Load({spec});
  ASSERT_THAT(version, IsOk());
  const IndexedTable& table = *(*version)->tables()[0];
  EXPECT_EQ(table.table().rows(), 2u);
  const auto skipped = [&](RowFault fault) {
    return table.report().skipped[static_cast<size_t>(fault)];
  };
  EXPECT_EQ(skipped(RowFault::kRagged), 1u);
  EXPECT_EQ(skipped(RowFault::kNotANumber), 1u);
  EXPECT_EQ(skipped(RowFault::kZeroVector), 1u);
  EXPECT_EQ(skipped(RowFault::kDuplicateId), 1u);
  EXPECT_EQ(skipped(RowFault::kInvalidUtf8), 1u);
  EXPECT_EQ(skipped(RowFault::kNotFinite), 1u);
}

TEST_F(LoadVersionTest, RefusesTablesOfDifferentDimensions) {
  EXPECT_THAT(Load({Spec("a", "x 1 2\n"), Spec("b", "y 1 2 3\n")}),
              IsStatus(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("m/b has 3 dimensions"),
                             HasSubstr("m/a has 2"))));
}

TEST_F(LoadVersionTest, RefusesBadAndRepeatedNames) {
  EXPECT_THAT(Load({Spec("a", "x 1 2\n"), Spec("a", "x 1 2\n")}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("given twice")));
  TableSpec spec = Spec("a", "x 1 2\n");
  spec.name = "../a";
  EXPECT_THAT(Load({spec}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("table name")));
}

TEST_F(LoadVersionTest, RefusesAMissingFileAndOneWithoutGoodRows) {
  TableSpec missing;
  missing.name = "t";
  missing.source.path = dir_.Path("absent.txt");
  EXPECT_THAT(Load({missing}),
              IsStatus(StatusCode::kNotFound, HasSubstr("absent.txt")));
  TableSpec zeros = Spec("t", "a 0 0\nb 0 0\n");
  zeros.read.on_bad_row = OnBadRow::kSkip;
  EXPECT_THAT(Load({zeros}), IsStatus(StatusCode::kInvalidArgument,
                                      HasSubstr("no row to serve")));
}

TEST_F(LoadVersionTest, AutoStaysExactWhereNoWalkCouldBeFaster) {
  // A walk compares with as many rows.
  const auto version = Load({Spec("t", RandomText(500, 8))});
  ASSERT_THAT(version, IsOk());
  const IndexedTable& table = *(*version)->tables()[0];
  EXPECT_EQ(table.index().kind(), IndexKind::kExact);
  EXPECT_EQ(table.index().calibration(), nullptr);
  EXPECT_FALSE(table.report().recall_at_10.has_value());
  EXPECT_FALSE(table.report().graph_microseconds.has_value());
  EXPECT_GT(table.report().exact_microseconds.value(), 0);
  EXPECT_EQ(table.report().layout, "");
}

TEST_F(LoadVersionTest, AGraphThatIsAskedForIsBuiltAndCalibrated) {
  for (const Profile profile : {Profile::kAuto, Profile::kFast}) {
    TableSpec spec = Spec("t", RandomText(1500, 8));
    spec.index = IndexChoice::kGraph;
    spec.profile = profile;
    const auto version = Load({spec});
    ASSERT_THAT(version, IsOk());
    const IndexedTable& table = *(*version)->tables()[0];
    EXPECT_EQ(table.index().kind(), IndexKind::kGraph);
    EXPECT_GE(table.report().recall_at_10.value(), 0.9499);
    EXPECT_GT(table.report().graph_microseconds.value(), 0);
    EXPECT_EQ(table.report().profile, Profile::kFast);
    EXPECT_EQ(table.report().layout, "flat: int8 codes, 64 links");
    ASSERT_NE(table.index().calibration(), nullptr);
    // Of its own rows, for 1, 10 and 100.
    EXPECT_EQ(table.index().calibration()->curves().size(), 3u);
    // Vector and norm; code and error; links; and what all rows share.
    EXPECT_NEAR(table.bytes_per_vector(), 36 + 36 + 256, 10);
  }
}

TEST_F(LoadVersionTest, EveryTableIsCalibratedWithTheRowsOfTheOthers) {
  TableSpec users = Spec("users", RandomText(40, 8));
  TableSpec items = Spec("items", RandomText(1500, 8));
  items.index = IndexChoice::kGraph;
  const auto version = Load({users, items});
  ASSERT_THAT(version, IsOk());
  const Calibration* calibration =
      (*version)->tables()[1]->index().calibration();
  ASSERT_NE(calibration, nullptr);
  std::vector<std::string> sources;
  for (const RecallCurve& curve : calibration->curves()) {
    sources.push_back(
        absl::StrCat(curve.query_table, " ", curve.k, " ", curve.queries));
  }
  EXPECT_THAT(sources,
              testing::ElementsAre(" 1 60", " 10 60", " 100 60", "users 1 40",
                                   "users 10 40", "users 100 40"));
}

// Loads "t" as fast and, beside a table "other", as compact.
class CompactTest : public LoadVersionTest,
                    public testing::WithParamInterface<Metric> {
 protected:
  void SetUp() override {
    TableSpec spec = Spec("t", RandomText(800, 8));
    spec.read.table.metric = GetParam();
    spec.index = IndexChoice::kGraph;
    const auto fast = Load({spec});
    ASSERT_THAT(fast, IsOk());
    fast_ = *fast;
    spec.profile = Profile::kCompact;
    // Asks for rows of "t" as queries when that has dropped its vectors.
    TableSpec other = Spec("other", RandomText(600, 8));
    other.index = IndexChoice::kGraph;
    const auto compact = Load({spec, other});
    ASSERT_THAT(compact, IsOk());
    compact_ = *compact;
  }

  std::shared_ptr<const Version> fast_;
  std::shared_ptr<const Version> compact_;
};

TEST_P(CompactTest, DropsTheVectorsAndSaysWhatThatCosts) {
  const IndexedTable& fast = *fast_->tables()[0];
  const IndexedTable& compact = *compact_->tables()[0];
  EXPECT_EQ(fast.report().profile, Profile::kFast);
  EXPECT_EQ(compact.report().profile, Profile::kCompact);
  EXPECT_TRUE(fast.table().has_vectors());
  EXPECT_FALSE(compact.table().has_vectors());
  EXPECT_NEAR(fast.bytes_per_vector() - compact.bytes_per_vector(),
              8 * sizeof(float), 1e-6);
  // Measured against the vectors that were dropped.
  EXPECT_GE(compact.report().recall_at_10.value(), 0.9);
  EXPECT_LE(compact.report().recall_at_10.value(),
            fast.report().recall_at_10.value() + 0.05);
}

TEST_P(CompactTest, AnswersFromWhatIsLeft) {
  for (const bool exact : {false, true}) {
    SearchOptions options;
    options.k = 10;
    options.exact = exact;
    options.return_vectors = true;
    const ItemRef query{"", "r7"};
    const auto expected = RunQuery(*fast_, "t", query, options);
    const auto answer = RunQuery(*compact_, "t", query, options);
    ASSERT_THAT(expected, IsOk());
    ASSERT_THAT(answer, IsOk());
    ASSERT_EQ(answer->hits.size(), 10u);
    for (size_t i = 0; i < 10; ++i) {
      EXPECT_NEAR(answer->hits[i].score, expected->hits[i].score, 0.2);
      EXPECT_EQ(answer->hits[i].vector.size(), 8u);
    }
  }
}

TEST_P(CompactTest, GivesBackWhatIsLeftOfTheVectors) {
  const auto kept = GetVectors(*fast_, "t", {"r3"});
  const auto decoded = GetVectors(*compact_, "t", {"r3"});
  ASSERT_THAT(kept, IsOk());
  ASSERT_THAT(decoded, IsOk());
  EXPECT_THAT((*decoded)[0].values,
              testing::Pointwise(testing::FloatNear(0.1f), (*kept)[0].values));
  EXPECT_NE((*decoded)[0].values, (*kept)[0].values);
  // They are queries of the other table, of length 1 under its cosine.
  const auto answer =
      RunQuery(*compact_, "other", ItemRef{"t", "r3"}, {.k = 1});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->hits[0].id, "r3");
  EXPECT_NEAR(answer->hits[0].score, 1, 0.01);
}

INSTANTIATE_TEST_SUITE_P(AllMetrics, CompactTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2));

TEST_F(LoadVersionTest, CompactIsOfAGraph) {
  TableSpec spec = Spec("t", "x 1 2\n");
  spec.index = IndexChoice::kExact;
  spec.profile = Profile::kCompact;
  EXPECT_THAT(Load({spec}),
              IsStatus(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("m/t"), HasSubstr("profile=compact"))));
  // Too small for one.
  spec.index = IndexChoice::kAuto;
  const auto version = Load({spec});
  ASSERT_THAT(version, IsOk());
  EXPECT_EQ((*version)->tables()[0]->report().profile, Profile::kAuto);
}

TEST_F(LoadVersionTest, TablesOfOneAndTwoRowsMayHaveAGraph) {
  for (const char* text : {"x 1 2\n", "x 1 2\ny 2 1\n"}) {
    for (const Profile profile : {Profile::kFast, Profile::kCompact}) {
      TableSpec spec = Spec("t", text);
      spec.index = IndexChoice::kGraph;
      spec.profile = profile;
      const auto version = Load({spec});
      ASSERT_THAT(version, IsOk());
      const auto answer = RunQuery(**version, "t", ItemRef{"", "x"}, {.k = 3});
      ASSERT_THAT(answer, IsOk());
      EXPECT_EQ(answer->hits.size(), text[6] == 'y' ? 1u : 0u);
    }
  }
}

// A walk compares all of its rows before it has found many of the nearest.
TEST_F(LoadVersionTest, ASmallTableOfManyDimensionsMayHaveAGraph) {
  TableSpec spec = Spec("t", RandomText(240, 128));
  spec.index = IndexChoice::kGraph;
  spec.profile = Profile::kFast;
  const auto version = Load({spec});
  ASSERT_THAT(version, IsOk());
  const IndexedTable& table = *(*version)->tables()[0];
  EXPECT_EQ(table.index().kind(), IndexKind::kGraph);
  const ItemRef first{"", table.table().ids().Id(0)};
  const auto answer = RunQuery(**version, "t", first, {.k = 10});
  const auto exact = RunQuery(**version, "t", first, {.k = 10, .exact = true});
  ASSERT_THAT(answer, IsOk());
  ASSERT_THAT(exact, IsOk());
  ASSERT_EQ(answer->hits.size(), 10u);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(answer->hits[i].id, exact->hits[i].id);
  }
}

TEST_F(LoadVersionTest, ReportsProgressAndCanBeCancelled) {
  TableSpec spec = Spec("t", RandomText(1000, 8));
  spec.index = IndexChoice::kGraph;
  std::vector<LoadStage> stages;
  progress_ = [&](const LoadProgress& progress) {
    if (stages.empty() || stages.back() != progress.stage) {
      stages.push_back(progress.stage);
    }
    EXPECT_EQ(progress.plan != nullptr, progress.stage != LoadStage::kReading);
    if (progress.plan != nullptr) {
      // Known before it is built.
      EXPECT_EQ(progress.plan->bytes_per_vector(), 36u + 36 + 256);
      EXPECT_GT(progress.plan->peak_bytes, 0u);
    }
    return true;
  };
  ASSERT_THAT(Load({spec}), IsOk());
  EXPECT_THAT(stages,
              testing::ElementsAre(LoadStage::kReading, LoadStage::kIndexing,
                                   LoadStage::kCalibrating));
  for (const LoadStage stop :
       {LoadStage::kReading, LoadStage::kIndexing, LoadStage::kCalibrating}) {
    progress_ = [&](const LoadProgress& p) { return p.stage != stop; };
    EXPECT_THAT(Load({spec}), IsStatus(StatusCode::kCancelled, testing::_));
  }
}

}  // namespace
}  // namespace akin
