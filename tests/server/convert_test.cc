#include "server/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "index/base/limits.h"
#include "server/convert_catalog.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(VersionChoiceFromWire, NumberLabelOrNeither) {
  v1::SearchRequest request;
  EXPECT_TRUE(
      std::holds_alternative<std::monostate>(*VersionChoiceFromWire(request)));
  request.set_label("canary");
  EXPECT_EQ(std::get<absl::string_view>(*VersionChoiceFromWire(request)),
            "canary");
  request.set_version(0);
  EXPECT_EQ(std::get<int64_t>(*VersionChoiceFromWire(request)), 0);
}

TEST(MostWireBytes, NoAnswerIsLonger) {
  const std::string id(kMaxIdBytes, 'x');
  Answer answer;
  answer.shortfall = Shortfall{7, Shortfall::Reason::kMinScore, "few of them"};
  for (const size_t dimension : {0, 1, 300}) {
    answer.hits.assign(100, Hit{id, -1.5f, std::vector<float>(dimension, 1)});
    v1::SearchResponse response;
    response.set_model(std::string(128, 'm'));
    response.set_version(~int64_t{0});
    AnswerToWire(answer, &response);
    EXPECT_LE(response.ByteSizeLong(), MostWireBytes(answer));
  }
}

TEST(AnswerToWire, KeepsHitsShortfallAndWork) {
  Answer answer;
  answer.hits = {{"king", 0.5f, {1, 2}}, {"queen", 0.25f, {}}};
  answer.shortfall =
      Shortfall{3, Shortfall::Reason::kExcluded, "because of the test"};
  answer.stats = {.distances = 10, .hops = 2, .reranks = 7, .exact = false};
  v1::SearchResponse response;
  AnswerToWire(std::move(answer), &response);
  ASSERT_EQ(response.hits_size(), 2);
  EXPECT_EQ(response.hits(0).id(), "king");
  EXPECT_THAT(response.hits(0).vector(), ElementsAre(1, 2));
  EXPECT_EQ(response.hits(1).vector_size(), 0);
  EXPECT_EQ(response.shortfall().missing(), 3u);
  EXPECT_EQ(response.shortfall().reason(), v1::SHORTFALL_REASON_EXCLUDED);
  EXPECT_EQ(response.stats().distances(), 10u);
  EXPECT_EQ(response.stats().hops(), 2u);
  EXPECT_EQ(response.stats().reranks(), 7u);
}

ModelFacts Loaded(std::shared_ptr<const Version> version, Labels labels) {
  ModelFacts model;
  model.name = version->model();
  model.labels = std::move(labels);
  VersionFacts& facts = model.versions.emplace_back();
  facts.number = version->number();
  facts.state = VersionState::kAvailable;
  facts.version = std::move(version);
  return model;
}

TEST(ModelToWire, SaysWhatBecameOfEachVersion) {
  ModelFacts model = Loaded(RoyalVersion(2), {{"stable", {2}}});
  model.stable_follows_latest = true;
  model.versions.emplace_back();
  model.versions.back().number = 1;
  model.versions.back().state = VersionState::kFailed;
  model.versions.back().failure = "words.table: damaged";
  model.versions.emplace_back(model.versions.back()).state =
      VersionState::kLoading;
  model.versions.back().bytes_done = 5;
  model.versions.back().bytes_total = 9;
  v1::Model wire;
  ModelToWire(model, {}, &wire);
  ASSERT_EQ(wire.versions_size(), 3);
  EXPECT_EQ(wire.versions(0).state(), v1::VERSION_STATE_AVAILABLE);
  EXPECT_FALSE(wire.versions(0).has_progress());
  EXPECT_EQ(wire.versions(1).state(), v1::VERSION_STATE_FAILED);
  EXPECT_EQ(wire.versions(1).failure(), "words.table: damaged");
  EXPECT_EQ(wire.versions(2).progress().bytes_done(), 5u);
  EXPECT_EQ(wire.versions(2).progress().bytes_total(), 9u);
  ASSERT_EQ(wire.labels_size(), 1);
  EXPECT_EQ(wire.labels(0).version(), 2);
  EXPECT_TRUE(wire.labels(0).follows_latest());
}

TEST(ModelToWire, StatesWhatTheShadowFound) {
  ModelFacts model =
      Loaded(RoyalVersion(2), {{"canary", {2, 0.25, 0.5}}, {"stable", {1}}});
  ShadowResult result = {.stable = 1,
                         .canary = 2,
                         .queries = 4,
                         .overlap_sum = 3,
                         .failed = 1,
                         .skipped = 2};
  v1::Model wire;
  ModelToWire(model, result, &wire);
  EXPECT_EQ(wire.labels(0).share(), 0.25);
  EXPECT_EQ(wire.labels(0).shadow_share(), 0.5);
  EXPECT_EQ(wire.labels(0).shadow().queries(), 4u);
  EXPECT_EQ(wire.labels(0).shadow().overlap(), 0.75);
  EXPECT_EQ(wire.labels(0).shadow().failed(), 1u);
  EXPECT_EQ(wire.labels(0).shadow().skipped(), 2u);
  // Found out before one of the two labels was moved.
  for (int64_t ShadowResult::*moved :
       {&ShadowResult::stable, &ShadowResult::canary}) {
    ShadowResult earlier = result;
    earlier.*moved = 9;
    wire.Clear();
    ModelToWire(model, earlier, &wire);
    EXPECT_TRUE(wire.labels(0).has_shadow());
    EXPECT_EQ(wire.labels(0).shadow().queries(), 0u);
    EXPECT_EQ(wire.labels(0).shadow().overlap(), 0);
  }
  model.labels["canary"].shadow_share = 0;
  wire.Clear();
  ModelToWire(model, result, &wire);
  EXPECT_FALSE(wire.labels(0).has_shadow()) << "it is not asked any more";
}

TEST(LabelToWire, ALabelThatIsGoneIsAName) {
  v1::Label wire;
  LabelToWire("old", Loaded(RoyalVersion(2), {{"stable", {2}}}), {}, &wire);
  EXPECT_EQ(wire.name(), "old");
  EXPECT_EQ(wire.version(), 0);
}

TEST(PlanToWire, CarriesEveryFigure) {
  LoadPlan plan;
  plan.version = 7;
  plan.resident_bytes = 1;
  plan.version_bytes = 2;
  plan.peak_bytes = 4;
  plan.available_bytes = 4;
  plan.seconds = 0.5;
  plan.retires = {6, 5};
  plan.state = VersionState::kFailed;
  v1::PlanLoadResponse wire;
  PlanToWire("m", plan, &wire);
  EXPECT_EQ(wire.model(), "m");
  EXPECT_EQ(wire.version(), 7);
  EXPECT_EQ(wire.resident_bytes(), 1u);
  EXPECT_EQ(wire.version_bytes(), 2u);
  EXPECT_EQ(wire.peak_bytes(), 4u);
  EXPECT_EQ(wire.available_bytes(), 4u);
  EXPECT_TRUE(wire.fits()) << "to the last byte";
  EXPECT_EQ(wire.seconds(), 0.5);
  EXPECT_THAT(wire.retires(), ElementsAre(6, 5));
  EXPECT_EQ(wire.state(), v1::VERSION_STATE_FAILED);
  --plan.available_bytes;
  PlanToWire("m", plan, &wire);
  EXPECT_FALSE(wire.fits());
}

TEST(ModelToWire, DescribesEveryVersionAndTable) {
  v1::Model wire;
  ModelToWire(Loaded(RoyalVersion(4), {{"canary", {4}}, {"stable", {4}}}), {},
              &wire);
  EXPECT_EQ(wire.name(), "royal");
  ASSERT_EQ(wire.versions_size(), 1);
  EXPECT_EQ(wire.versions(0).version(), 4);
  EXPECT_THAT(wire.versions(0).labels(), ElementsAre("canary", "stable"));
  ASSERT_EQ(wire.versions(0).tables_size(), 2);
  EXPECT_EQ(wire.versions(0).tables(1).name(), "people");
  EXPECT_EQ(wire.versions(0).tables(1).metric(), v1::METRIC_COSINE);
  const v1::Table& people = wire.versions(0).tables(1);
  EXPECT_FALSE(people.load_report().has_recall_at_10());
  EXPECT_FALSE(people.load_report().has_exact_microseconds());
  EXPECT_EQ(people.profile(), v1::PROFILE_UNSPECIFIED);
  EXPECT_EQ(people.layout(), "");
  // Three floats, and under cosine the trained length.
  EXPECT_EQ(people.bytes_per_vector(), 16);
  EXPECT_EQ(people.calibration_size(), 0);
}

// An index that knows its recall.
class Calibrated : public Searcher {
 public:
  explicit Calibrated(Calibration calibration)
      : calibration_(std::move(calibration)) {}
  IndexKind kind() const override { return IndexKind::kGraph; }
  void Search(SearchTask* /*task*/) const override {}
  size_t memory_bytes() const override { return 1000; }
  const Calibration* calibration() const override { return &calibration_; }

 private:
  const Calibration calibration_;
};

TEST(ModelToWire, StatesTheCalibrationAndTheReport) {
  auto table = std::make_unique<IndexedTable>(
      MakeTable("items", Metric::kDot, RandomRows(10, 4, 1)));
  table->SetIndex(std::make_unique<Calibrated>(Calibration(
      {RecallCurve{"", 1, 500, {{5, 0.5f, 1, 2}}},
       RecallCurve{"users", 10, 400, {{10, 0.8f, 90, 4}, {14, 0.9f, 99, 5}}}},
      410)));
  LoadReport* report = table->mutable_report();
  report->profile = Profile::kCompact;
  report->layout = "flat";
  report->recall_at_10 = 0.9;
  report->exact_microseconds = 410;
  report->graph_microseconds = 18;
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(std::move(table));
  v1::Model wire;
  ModelToWire(Loaded(std::make_shared<Version>("m", 1, std::move(tables)), {}),
              {}, &wire);
  const v1::Table& items = wire.versions(0).tables(0);
  EXPECT_EQ(items.profile(), v1::PROFILE_COMPACT);
  EXPECT_EQ(items.layout(), "flat");
  EXPECT_EQ(items.bytes_per_vector(), 116);
  EXPECT_EQ(items.load_report().recall_at_10(), 0.9);
  EXPECT_EQ(items.load_report().exact_microseconds(), 410);
  EXPECT_EQ(items.load_report().graph_microseconds(), 18);
  ASSERT_EQ(items.calibration_size(), 2);
  const v1::RecallCurve& curve = items.calibration(1);
  EXPECT_EQ(curve.query_table(), "users");
  EXPECT_EQ(curve.k(), 10u);
  EXPECT_EQ(curve.queries(), 400u);
  ASSERT_EQ(curve.points_size(), 2);
  EXPECT_EQ(curve.points(1).effort(), 14u);
  EXPECT_EQ(curve.points(1).recall(), 0.9f);
  EXPECT_EQ(curve.points(1).distances(), 99);
  EXPECT_EQ(curve.points(1).microseconds(), 5);
}

}  // namespace
}  // namespace akin::server
