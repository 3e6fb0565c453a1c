#include "client/cli/doctor/version_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/client/doctor/finding_support.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// movies/7 is stable and available, /6 is available.
v1::Model GoodModel() {
  v1::Model model;
  model.set_name("movies");
  for (const int64_t number : {7, 6}) {
    auto* version = model.add_versions();
    version->set_version(number);
    version->set_state(v1::VERSION_STATE_AVAILABLE);
  }
  model.mutable_versions(0)->add_labels("stable");
  auto* label = model.add_labels();
  label->set_name("stable");
  label->set_version(7);
  auto* table = model.mutable_versions(0)->add_tables();
  table->set_name("items");
  table->set_index(v1::INDEX_KIND_GRAPH);
  table->mutable_load_report()->set_recall_at_10(0.961);
  return model;
}

template <class Check>
std::vector<std::string> LinesOf(const Check& check, const v1::Model& model) {
  Findings findings;
  check(model, &findings);
  EXPECT_TRUE(HintsAreWhereTheyBelong(findings));
  return Lines(findings);
}

TEST(CheckModels, AGoodOneIsOk) {
  ServerFacts server;
  server.models = {GoodModel()};
  Findings findings;
  CheckModels(server, &findings);
  EXPECT_THAT(Lines(findings),
              ElementsAre("ok model movies: 2 versions loaded",
                          "ok labels of movies: stable is version 7",
                          "ok recall of movies: movies/7/items was built with "
                          "recall@10 0.961"));
}

TEST(CheckModels, NoneAtAll) {
  ServerFacts server;
  Findings findings;
  CheckModels(server, &findings);
  EXPECT_THAT(findings, IsEmpty());  // they are not loaded yet
  server.info.set_state(v1::SERVER_STATE_SERVING);
  CheckModels(server, &findings);
  EXPECT_THAT(Lines(findings), ElementsAre("warn models: the server has none"));
}

TEST(CheckVersions, AVersionThatFailedAndIsWanted) {
  v1::Model model = GoodModel();
  auto* newest = model.mutable_versions(0);
  newest->set_state(v1::VERSION_STATE_FAILED);
  newest->set_failure("items.table: a block's sum is wrong");
  EXPECT_THAT(LinesOf(CheckVersions, model),
              ElementsAre("fail model movies: movies/7 could not be loaded: "
                          "items.table: a block's sum is wrong",
                          "ok model movies: 1 version loaded"));
}

TEST(CheckVersions, AnOldVersionThatFailed) {
  v1::Model model = GoodModel();
  model.mutable_versions(1)->set_state(v1::VERSION_STATE_FAILED);
  EXPECT_THAT(LinesOf(CheckVersions, model),
              ElementsAre(StartsWith("warn model movies: movies/6 could not"),
                          "ok model movies: 1 version loaded"));
  model.mutable_versions(1)->add_labels("canary");
  EXPECT_THAT(LinesOf(CheckVersions, model),
              ElementsAre(StartsWith("fail model movies: movies/6 could not"),
                          "ok model movies: 1 version loaded"));
}

TEST(CheckVersions, NothingIsLoaded) {
  v1::Model model = GoodModel();
  model.mutable_versions(0)->set_state(v1::VERSION_STATE_LOADING);
  model.mutable_versions(1)->set_state(v1::VERSION_STATE_SEALED);
  EXPECT_THAT(LinesOf(CheckVersions, model),
              ElementsAre("warn model movies: no version is loaded yet"));
  model.mutable_versions(0)->set_state(v1::VERSION_STATE_SEALED);
  EXPECT_THAT(LinesOf(CheckVersions, model),
              ElementsAre("fail model movies: no version is loaded"));
  model.clear_versions();
  EXPECT_THAT(LinesOf(CheckVersions, model),
              ElementsAre("fail model movies: no version is loaded"));
}

TEST(CheckVersions, Notes) {
  v1::Model model = GoodModel();
  model.mutable_versions(1)->set_note("its folder is gone");
  EXPECT_THAT(LinesOf(CheckVersions, model),
              ElementsAre("warn model movies: movies/6: its folder is gone",
                          "ok model movies: 2 versions loaded"));
}

TEST(CheckLabels, NoneIsStable) {
  v1::Model model = GoodModel();
  model.clear_labels();
  EXPECT_THAT(LinesOf(CheckLabels, model),
              ElementsAre("warn labels of movies: no version is stable"));
}

TEST(CheckLabels, NamesWhatIsNotLoaded) {
  v1::Model model = GoodModel();
  auto* canary = model.add_labels();
  canary->set_name("canary");
  canary->set_version(8);
  EXPECT_THAT(LinesOf(CheckLabels, model),
              ElementsAre("ok labels of movies: stable is version 7",
                          "fail labels of movies: canary names version 8, "
                          "which is not there"));
  auto* version = model.add_versions();
  version->set_version(8);
  version->set_state(v1::VERSION_STATE_FAILED);
  EXPECT_THAT(LinesOf(CheckLabels, model),
              ElementsAre(StartsWith("ok"), HasSubstr("which is failed")));
}

TEST(CheckLoading, AVersionMovesOrItDoesNot) {
  v1::Model model = GoodModel();
  auto* version = model.mutable_versions(0);
  version->set_state(v1::VERSION_STATE_LOADING);
  version->mutable_progress()->set_bytes_total(100 << 20);
  version->mutable_progress()->set_bytes_done(50 << 20);
  v1::Model before = model;
  const auto lines = [&] {
    Findings findings;
    CheckLoading(model, before, absl::Seconds(1), &findings);
    EXPECT_TRUE(HintsAreWhereTheyBelong(findings));
    return Lines(findings);
  };
  EXPECT_THAT(lines(),
              ElementsAre("warn loading of movies: movies/7: 50.0 MiB of 100.0 "
                          "MiB, no more than 1s before"));
  before.mutable_versions(0)->mutable_progress()->set_bytes_done(49 << 20);
  EXPECT_THAT(lines(), ElementsAre("ok loading of movies: movies/7: 50.0 MiB "
                                   "of 100.0 MiB"));
  // Its turn has not come.
  version->clear_progress();
  before = model;
  EXPECT_THAT(lines(), ElementsAre(StartsWith("ok loading of movies")));
  // It was loaded meanwhile.
  version->set_state(v1::VERSION_STATE_AVAILABLE);
  EXPECT_THAT(lines(), IsEmpty());
}

TEST(CheckMeasuredRecall, OfGraphsOnly) {
  v1::Model model = GoodModel();
  auto* table = model.mutable_versions(0)->mutable_tables(0);
  table->mutable_load_report()->set_recall_at_10(0.899);
  EXPECT_THAT(LinesOf(CheckMeasuredRecall, model),
              ElementsAre("warn recall of movies: movies/7/items was built "
                          "with recall@10 0.899"));
  table->set_index(v1::INDEX_KIND_EXACT);
  EXPECT_THAT(LinesOf(CheckMeasuredRecall, model), IsEmpty());
}

}  // namespace
}  // namespace akin::client
