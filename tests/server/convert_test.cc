#include "server/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "index/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(QueryFromWire, FloatsAreViewedNotCopied) {
  v1::Query wire;
  auto* values = wire.mutable_vector()->mutable_floats()->mutable_values();
  values->Add(1.5f);
  values->Add(-2.0f);
  DecodedVectors decoded;
  const auto query = QueryFromWire(wire, &decoded);
  ASSERT_THAT(query, IsOk());
  const auto vector = std::get<absl::Span<const float>>(*query);
  EXPECT_EQ(vector.data(), values->data());
  EXPECT_EQ(vector.size(), 2u);
  EXPECT_TRUE(decoded.empty());
}

TEST(QueryFromWire, PackedBytesAreDecoded) {
  const auto decode = [](const std::string& data, v1::DType dtype) {
    v1::Query wire;
    wire.mutable_vector()->mutable_packed()->set_data(data);
    wire.mutable_vector()->mutable_packed()->set_dtype(dtype);
    DecodedVectors decoded;
    const auto query = QueryFromWire(wire, &decoded);
    if (!query.ok()) return std::vector<float>();
    const auto vector = std::get<absl::Span<const float>>(*query);
    return std::vector<float>(vector.begin(), vector.end());
  };
  EXPECT_THAT(decode(std::string("\0\0\x80\x3f\0\0\0\xc0", 8), v1::DTYPE_F32),
              ElementsAre(1.0f, -2.0f));
  EXPECT_THAT(decode(std::string("\0\x3c\0\xc0\1\0", 6), v1::DTYPE_F16),
              ElementsAre(1.0f, -2.0f, 0x1p-24f));
  EXPECT_THAT(decode("\x7f\x80\xff", v1::DTYPE_I8),
              ElementsAre(127.0f, -128.0f, -1.0f));
  EXPECT_THAT(decode("xyz", v1::DTYPE_F16), testing::IsEmpty());
  EXPECT_THAT(decode("xyz", static_cast<v1::DType>(77)), testing::IsEmpty());
}

TEST(QueryFromWire, TermsWeighOneUnlessTheySay) {
  v1::Query wire;
  auto* combination = wire.mutable_combination();
  combination->add_plus()->mutable_id()->set_id("a");
  v1::Term* minus = combination->add_minus();
  minus->mutable_id()->set_id("b");
  minus->mutable_id()->set_table("other");
  minus->set_weight(0);
  DecodedVectors decoded;
  const auto query = QueryFromWire(wire, &decoded);
  ASSERT_THAT(query, IsOk());
  const auto& terms = std::get<Combination>(*query);
  EXPECT_EQ(terms.plus.at(0).weight, 1.0f);
  EXPECT_EQ(terms.minus.at(0).weight, 0.0f);
  EXPECT_EQ(std::get<ItemRef>(terms.minus[0].operand).table, "other");
}

TEST(OptionsFromWire, AbsentIsNotZero) {
  v1::SearchOptions wire;
  wire.set_k(7);
  auto options = OptionsFromWire(wire);
  ASSERT_THAT(options, IsOk());
  EXPECT_EQ(options->k, 7u);
  EXPECT_FALSE(options->min_score.has_value());
  EXPECT_EQ(options->target_recall, kDefaultTargetRecall);
  wire.set_min_score(0);
  options = OptionsFromWire(wire);
  EXPECT_EQ(options->min_score, 0.0f);
  // What is out of range is refused by the library, not replaced.
  for (const float recall : {0.0f, 0.99f, 7.0f}) {
    wire.set_target_recall(recall);
    EXPECT_EQ(OptionsFromWire(wire)->target_recall, recall);
  }
  for (int i = 0; i < 10'001; ++i) wire.add_exclude_ids("x");
  EXPECT_THAT(OptionsFromWire(wire),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("exclude_ids")));
}

TEST(VersionChoiceFromWire, NumberLabelOrNeither) {
  v1::SearchRequest request;
  EXPECT_TRUE(
      std::holds_alternative<std::monostate>(VersionChoiceFromWire(request)));
  request.set_label("canary");
  EXPECT_EQ(std::get<absl::string_view>(VersionChoiceFromWire(request)),
            "canary");
  request.set_version(0);
  EXPECT_EQ(std::get<int64_t>(VersionChoiceFromWire(request)), 0);
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

TEST(ModelToWire, DescribesEveryVersionAndTable) {
  PublishedModel model{"royal", {{RoyalVersion(4), {"canary", "stable"}}}};
  v1::Model wire;
  ModelToWire(model, &wire);
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
  const PublishedModel model{
      "m", {{std::make_shared<Version>("m", 1, std::move(tables)), {}}}};
  v1::Model wire;
  ModelToWire(model, &wire);
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

TEST(VectorBlockFromWire, HoldsTheBlockAgainstItsShapeAndTheCap) {
  v1::VectorBlock block;
  DecodedVectors decoded;
  const auto error = [&] {
    const auto queries = VectorBlockFromWire(block, 3, &decoded);
    EXPECT_EQ(queries.status().code(), StatusCode::kInvalidArgument);
    EXPECT_TRUE(decoded.empty());
    return std::string(queries.status().message());
  };
  EXPECT_THAT(error(), HasSubstr("dtype"));
  block.set_dtype(v1::DTYPE_I8);
  EXPECT_THAT(error(), HasSubstr("dimension 0"));
  block.set_dimension(1u << 31);
  EXPECT_THAT(error(), HasSubstr("expected 1 to 32768"));
  block.set_dimension(2);
  EXPECT_THAT(error(), HasSubstr("is 0, expected 1 to 3"));
  block.set_data("abc");
  EXPECT_THAT(error(), HasSubstr("3 bytes, expected a multiple of 2"));
  // Nothing is made of what is too much.
  block.set_data(std::string(1 << 20, 'x'));
  EXPECT_THAT(error(), HasSubstr("expected 1 to 3"));
  block.set_data("\x01\x02\xff\x80");
  const auto queries = VectorBlockFromWire(block, 3, &decoded);
  ASSERT_THAT(queries, IsOk());
  ASSERT_EQ(queries->size(), 2u);
  EXPECT_THAT(std::get<absl::Span<const float>>((*queries)[1]),
              ElementsAre(-1.0f, -128.0f));
}

}  // namespace
}  // namespace akin::server
