// Graphs, asked for a recall and of what it costs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// A server of graphs: one of each profile, over the same random rows.
class GraphE2eTest : public ServedTest {
 protected:
  static void SetUpTestSuite() {
    std::string text;
    for (const auto& [id, values] : RandomRows(2000, 8, 3)) {
      absl::StrAppend(&text, id);
      for (const float value : values) absl::StrAppend(&text, " ", value);
      absl::StrAppend(&text, "\n");
    }
    const std::string file = dir().Write("rows.txt", text);
    Serve({"--load", "m/fast=" + file + ",index=graph", "--load",
           "m/compact=" + file + ",index=graph,profile=compact"});
  }
  static v1::SearchRequest Request(const std::string& table) {
    v1::SearchRequest request;
    request.set_model("m");
    request.set_table(table);
    request.mutable_query()->mutable_id()->set_id("r5");
    request.mutable_options()->set_k(10);
    return request;
  }
};

TEST_F(GraphE2eTest, AnswersAnyTargetRecall) {
  v1::SearchRequest request = Request("fast");
  for (const float recall : {0.001f, 0.5f, 0.95f, 0.999f, 1.0f}) {
    request.mutable_options()->set_target_recall(recall);
    const auto response = client().Search(request);
    ASSERT_THAT(response, IsOk());
    EXPECT_EQ(response->hits_size(), 10);
  }
  // The last was answered by exact search, as if asked for it.
  const auto all = client().Search(request);
  EXPECT_TRUE(all->stats().exact());
  request.mutable_options()->set_target_recall(0.5f);
  request.mutable_options()->set_exact(true);
  const auto exact = client().Search(request);
  EXPECT_TRUE(exact->stats().exact());
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(all->hits(i).id(), exact->hits(i).id());
  }
}

TEST_F(GraphE2eTest, TheModelStatesItsCalibration) {
  v1::GetModelRequest request;
  request.set_model("m");
  const auto model = client().GetModel(request);
  ASSERT_THAT(model, IsOk());
  const v1::ModelVersion& version = model->model().versions(0);
  ASSERT_EQ(version.tables_size(), 2);
  EXPECT_EQ(version.tables(0).profile(), v1::PROFILE_FAST);
  EXPECT_EQ(version.tables(1).profile(), v1::PROFILE_COMPACT);
  EXPECT_LT(version.tables(1).bytes_per_vector(),
            version.tables(0).bytes_per_vector());
  for (const v1::Table& table : version.tables()) {
    EXPECT_EQ(table.index(), v1::INDEX_KIND_GRAPH);
    EXPECT_THAT(table.layout(), HasSubstr("flat"));
    EXPECT_GT(table.load_report().exact_microseconds(), 0);
    EXPECT_GE(table.load_report().recall_at_10(), 0.8);
    // Of its own rows and of the other table's; for 1, 10 and 100.
    ASSERT_EQ(table.calibration_size(), 6);
    EXPECT_EQ(table.calibration(0).query_table(), "");
    EXPECT_EQ(table.calibration(3).query_table(),
              table.name() == "fast" ? "compact" : "fast");
    for (const v1::RecallCurve& curve : table.calibration()) {
      ASSERT_GT(curve.points_size(), 0);
      EXPECT_GT(curve.points(0).effort(), 0u);
      EXPECT_GT(curve.points(0).recall(), 0);
      EXPECT_GT(curve.points(0).distances(), 0);
    }
  }
}

TEST_F(GraphE2eTest, CliAsksForARecallAndShowsWhatItCosts) {
  const auto search =
      Akin({"search", "m/compact", "--id", "r5", "--target-recall", "0.9"});
  EXPECT_EQ(search.exit_code, 0) << search.errors;
  EXPECT_EQ(Akin({"search", "m/fast", "--id", "r5", "--target-recall", "2"})
                .exit_code,
            2);
  const auto model = Akin({"model", "m"});
  EXPECT_THAT(model.output,
              AllOf(HasSubstr("fast: graph, profile fast, flat: int8 codes"),
                    HasSubstr("compact: graph, profile compact"),
                    HasSubstr("* queries from fast: recall@10 0.95:"),
                    HasSubstr("o queries from compact: recall@10"),
                    HasSubstr("; exact: ")));
  EXPECT_THAT(server().process().errors(),
              AllOf(HasSubstr("bytes a vector"),
                    HasSubstr("measuring recall against exact search")));
}

}  // namespace
}  // namespace akin
