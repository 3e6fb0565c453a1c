#include "client/cli/doctor/recall_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/client/doctor/finding_support.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// movies/7 has a table whose graph was measured to find 0.96, and what
// GetRecall says of it.
class CheckLiveRecallTest : public ::testing::Test {
 protected:
  CheckLiveRecallTest() {
    v1::Model& model = server_.models.emplace_back();
    model.set_name("movies");
    v1::ModelVersion* version = model.add_versions();
    version->set_version(7);
    v1::Table* table = version->add_tables();
    table->set_name("items");
    table->mutable_load_report()->set_recall_at_10(0.96);
    server_.recall.push_back({"movies", 7, v1::GetRecallResponse()});
    answer().mutable_sampling()->set_cpu_share(0.01);
    v1::TableRecall* recall = answer().add_tables();
    recall->set_table("items");
    recall->set_index(v1::INDEX_KIND_GRAPH);
    recall->set_effort_factor(1);
  }

  v1::GetRecallResponse& answer() { return *server_.recall[0].answer; }
  v1::TableRecall& table() { return *answer().mutable_tables(0); }

  v1::RecallEstimate* Add(v1::FilterShare share, double low, double high) {
    v1::RecallEstimate* estimate = table().add_estimates();
    estimate->set_filter_share(share);
    estimate->set_samples(1000);
    estimate->set_low(low);
    estimate->set_high(high);
    estimate->set_recall((low + high) / 2);
    return estimate;
  }

  std::vector<std::string> Said() {
    findings_.clear();
    CheckLiveRecall(server_, &findings_);
    EXPECT_TRUE(HintsAreWhereTheyBelong(findings_));
    return Lines(findings_);
  }

  ServerFacts server_;
  Findings findings_;
};

TEST_F(CheckLiveRecallTest, FiguresOfWhatIsWell) {
  Add(v1::FILTER_SHARE_NO_FILTER, 0.955, 0.965);
  EXPECT_THAT(Said(), ElementsAre("ok live recall of movies: movies/7/items "
                                  "finds 0.960 of the true neighbours (0.955 "
                                  "to 0.965), in 1,000 queries"));
  answer().set_target(0.95);
  table().set_effort_factor(1.5);
  EXPECT_THAT(
      Said(),
      ElementsAre("ok live recall of movies: movies/7/items finds 0.960 "
                  "of the true neighbours (0.955 to 0.965), in 1,000 "
                  "queries; the target is 0.95, the effort 1.5 times"));
}

TEST_F(CheckLiveRecallTest, NothingWasMeasuredYet) {
  EXPECT_THAT(Said(), ElementsAre("ok live recall of movies: movies/7/items: "
                                  "no query has been asked again yet"));
  table().set_index(v1::INDEX_KIND_EXACT);
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(CheckLiveRecallTest, NothingIsMeasuredAtAll) {
  answer().mutable_sampling()->set_cpu_share(0);
  server_.recall.push_back(server_.recall[0]);
  // It is the server's setting, not the model's.
  EXPECT_THAT(Said(), ElementsAre("warn live recall: the server does not "
                                  "measure it"));
  EXPECT_THAT(findings_[0].hint, HasSubstr("recall_cpu_share"));
}

TEST_F(CheckLiveRecallTest, BelowTheTarget) {
  answer().set_target(0.95);
  table().set_effort_factor(4);
  Add(v1::FILTER_SHARE_NO_FILTER, 0.94, 0.96);
  Add(v1::FILTER_SHARE_TO_1_PERCENT, 0.60, 0.70);
  // The server is about to mend it.
  EXPECT_THAT(Said(),
              ElementsAre("warn live recall of movies: movies/7/items finds "
                          "0.650 of the true neighbours (0.600 to 0.700), in "
                          "1,000 queries; the target is 0.95, the effort 4 "
                          "times"));
  table().set_below_target(true);
  EXPECT_THAT(Said(), ElementsAre(HasSubstr("fail live recall of movies: "
                                            "movies/7/items finds 0.650")));
  EXPECT_THAT(findings_[0].hint, HasSubstr("akin recall movies"));
  table().clear_estimates();
  EXPECT_THAT(Said(), ElementsAre("fail live recall of movies: movies/7/items "
                                  "misses the target of 0.95"));
}

TEST_F(CheckLiveRecallTest, ATargetCountsAndNotWhatWasPromised) {
  answer().set_target(0.9);
  Add(v1::FILTER_SHARE_NO_FILTER, 0.91, 0.93);
  EXPECT_THAT(Said(), ElementsAre(HasSubstr("ok live recall of movies")));
}

TEST_F(CheckLiveRecallTest, LessThanWasPromised) {
  v1::RecallEstimate* plain = Add(v1::FILTER_SHARE_NO_FILTER, 0.93, 0.949);
  EXPECT_THAT(Said(),
              ElementsAre("warn live recall of movies: movies/7/items finds "
                          "0.940 of the true neighbours (0.930 to 0.949), in "
                          "1,000 queries; 0.960 were measured when it was "
                          "indexed"));
  // It may be as much, but for a hundredth.
  plain->set_high(0.951);
  EXPECT_THAT(Said(), ElementsAre(HasSubstr("ok live recall of movies")));
  plain->set_high(0.949);
  // With filters nothing was promised.
  plain->set_filter_share(v1::FILTER_SHARE_TO_10_PERCENT);
  EXPECT_THAT(Said(), ElementsAre(HasSubstr("ok live recall of movies")));
  plain->set_filter_share(v1::FILTER_SHARE_NO_FILTER);
  server_.models[0].mutable_versions(0)->mutable_tables(0)->clear_load_report();
  EXPECT_THAT(Said(), ElementsAre(HasSubstr("ok live recall of movies")));
}

TEST_F(CheckLiveRecallTest, QueriesWithATargetOfTheirOwnGetWhatTheyAskFor) {
  answer().set_target(0.95);
  Add(v1::FILTER_SHARE_NO_FILTER, 0.5, 0.6)->set_own_target(true);
  EXPECT_THAT(Said(), ElementsAre("ok live recall of movies: movies/7/items "
                                  "finds 0.550 of the true neighbours (0.500 "
                                  "to 0.600), in 1,000 queries that ask for a "
                                  "recall of their own"));
}

TEST_F(CheckLiveRecallTest, WhoMayNotOrCannotAsk) {
  server_.recall[0].answer = absl::UnimplementedError("");
  EXPECT_THAT(Said(), ElementsAre("warn live recall: the server does not know "
                                  "GetRecall"));
  server_.recall[0].answer = absl::PermissionDeniedError("not with this token");
  EXPECT_THAT(Said(), ElementsAre("warn live recall of movies: of movies/7 "
                                  "nothing is known: not with this token"));
  EXPECT_THAT(findings_[0].hint, HasSubstr("token"));
  server_.recall[0].answer = absl::NotFoundError("it was unloaded");
  EXPECT_THAT(Said(), ElementsAre("warn live recall of movies: of movies/7 "
                                  "nothing is known: it was unloaded"));
}

}  // namespace
}  // namespace akin::client
