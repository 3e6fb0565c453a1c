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
    return LoadVersion("m", 1, specs, {.pool = &pool_, .progress = progress_});
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
  // One thread: TSan does not see the locks of OpenMP's threads in FAISS.
  WorkerPool pool_{1};
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

TEST_F(LoadVersionTest, AutoTakesExactForSmallTablesAndGraphWhenAsked) {
  TableSpec spec = Spec("t", RandomText(3000, 8));
  auto version = Load({spec});
  ASSERT_THAT(version, IsOk());
  EXPECT_EQ((*version)->tables()[0]->index().kind(), IndexKind::kExact);
  EXPECT_FALSE((*version)->tables()[0]->report().recall_at_10.has_value());
  spec.index = IndexChoice::kGraph;
  version = Load({spec});
  ASSERT_THAT(version, IsOk());
  EXPECT_EQ((*version)->tables()[0]->index().kind(), IndexKind::kGraph);
  EXPECT_GE((*version)->tables()[0]->report().recall_at_10.value(), 0.95);
}

TEST_F(LoadVersionTest, ReportsProgressAndCanBeCancelled) {
  TableSpec spec = Spec("t", RandomText(3000, 8));
  spec.index = IndexChoice::kGraph;
  std::vector<LoadStage> stages;
  progress_ = [&](const LoadProgress& progress) {
    if (stages.empty() || stages.back() != progress.stage) {
      stages.push_back(progress.stage);
    }
    return true;
  };
  ASSERT_THAT(Load({spec}), IsOk());
  EXPECT_THAT(stages,
              testing::ElementsAre(LoadStage::kReading, LoadStage::kIndexing,
                                   LoadStage::kChecking));
  for (const LoadStage stop : {LoadStage::kReading, LoadStage::kIndexing}) {
    progress_ = [&](const LoadProgress& p) { return p.stage != stop; };
    EXPECT_THAT(Load({spec}), IsStatus(StatusCode::kCancelled, testing::_));
  }
}

}  // namespace
}  // namespace akin
