#include "server/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

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
  wire.set_min_score(0);
  options = OptionsFromWire(wire);
  EXPECT_EQ(options->min_score, 0.0f);
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

TEST(AnswerToWire, KeepsHitsShortfallAndWork) {
  Answer answer;
  answer.hits = {{"king", 0.5f, {1, 2}}, {"queen", 0.25f, {}}};
  answer.shortfall =
      Shortfall{3, Shortfall::Reason::kExcluded, "because of the test"};
  answer.stats = {.distances = 10, .hops = 2, .exact = false};
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
  EXPECT_FALSE(wire.versions(0).tables(1).load_report().has_recall_at_10());
}

}  // namespace
}  // namespace akin::server
