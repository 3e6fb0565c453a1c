#include "server/convert_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "index/base/limits.h"
#include "tests/support/status_matchers.h"

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

TEST(QueryFromWire, ACombinationSaysHowItIsCombined) {
  v1::Query wire;
  v1::Combination& combination = *wire.mutable_combination();
  combination.add_plus()->mutable_id()->set_id("a");
  DecodedVectors decoded;
  auto query = QueryFromWire(wire, &decoded);
  ASSERT_THAT(query, IsOk());
  EXPECT_EQ(std::get<Combination>(*query).method, CombinationMethod::kAdd);
  EXPECT_FALSE(std::get<Combination>(*query).keep_inputs);
  EXPECT_FALSE(std::get<Combination>(*query).skip_unknown);
  combination.set_method(v1::COMBINATION_METHOD_3COSMUL);
  combination.set_keep_inputs(true);
  combination.set_skip_unknown(true);
  query = QueryFromWire(wire, &decoded);
  ASSERT_THAT(query, IsOk());
  EXPECT_EQ(std::get<Combination>(*query).method, CombinationMethod::kMul);
  EXPECT_TRUE(std::get<Combination>(*query).keep_inputs);
  EXPECT_TRUE(std::get<Combination>(*query).skip_unknown);
  combination.set_method(static_cast<v1::CombinationMethod>(9));
  EXPECT_THAT(QueryFromWire(wire, &decoded),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("method is 9, expected COMBINATION_METHOD")));
}

TEST(QueryFromWire, AFusionHasPartsWithWeights) {
  v1::Query wire;
  v1::Fusion& fusion = *wire.mutable_fusion();
  fusion.add_parts()->mutable_query()->mutable_id()->set_id("a");
  v1::FusionPart& second = *fusion.add_parts();
  second.mutable_query()->mutable_combination()->add_plus()->mutable_id();
  second.set_weight(0.25f);
  fusion.set_depth(7);
  DecodedVectors decoded;
  auto query = QueryFromWire(wire, &decoded);
  ASSERT_THAT(query, IsOk());
  auto& read = std::get<Fusion>(*query);
  ASSERT_EQ(read.parts.size(), 2u);
  EXPECT_EQ(std::get<ItemRef>(read.parts[0].query).id, "a");
  EXPECT_EQ(read.parts[0].weight, 1);
  EXPECT_EQ(read.parts[1].weight, 0.25f);
  EXPECT_EQ(read.rank_constant, 60);
  EXPECT_EQ(read.depth, 7u);
  EXPECT_EQ(read.method, FusionMethod::kReciprocalRank);
  fusion.set_method(v1::FUSION_METHOD_WEIGHTED_SCORE);
  fusion.set_rank_constant(1);
  query = QueryFromWire(wire, &decoded);
  ASSERT_THAT(query, IsOk());
  EXPECT_EQ(std::get<Fusion>(*query).method, FusionMethod::kWeightedScore);
  EXPECT_EQ(std::get<Fusion>(*query).rank_constant, 1);
}

TEST(QueryFromWire, NothingNestsWithoutEnd) {
  DecodedVectors decoded;
  v1::Query fusion;
  fusion.mutable_fusion()->add_parts()->mutable_query()->mutable_fusion();
  EXPECT_THAT(QueryFromWire(fusion, &decoded),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("a part of a fusion is a fusion")));
  v1::Query part;
  part.mutable_fusion()->add_parts()->mutable_query()->mutable_first_of();
  EXPECT_THAT(QueryFromWire(part, &decoded),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("first_of")));
  v1::Query ladder;
  ladder.mutable_first_of()->add_queries()->mutable_first_of();
  EXPECT_THAT(QueryFromWire(ladder, &decoded),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("is a ladder")));
  v1::Query both;
  both.mutable_first_of()
      ->add_queries()
      ->mutable_fusion()
      ->add_parts()
      ->mutable_query()
      ->mutable_id();
  EXPECT_THAT(QueryFromWire(both, &decoded), IsOk());
}

TEST(QueryFromWire, PartsAndQueriesAreCountedBeforeTheyAreRead) {
  DecodedVectors decoded;
  v1::Query fusion;
  for (size_t i = 0; i <= kMaxFusionParts; ++i) {
    fusion.mutable_fusion()->add_parts();
  }
  EXPECT_THAT(QueryFromWire(fusion, &decoded),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("the fusion has 101 parts")));
  v1::Query ladder;
  for (size_t i = 0; i <= kMaxFallbackIds; ++i) {
    ladder.mutable_first_of()->add_fallback_ids("x");
  }
  EXPECT_THAT(QueryFromWire(ladder, &decoded),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("the ladder has 10001 fallback_ids")));
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

TEST(QueryFromWire, AnIdSaysWhetherItsCaseMatters) {
  v1::Query wire;
  v1::Combination& combination = *wire.mutable_combination();
  combination.add_plus()->mutable_id()->set_id("a");
  combination.add_plus()->mutable_id()->set_fold_case(true);
  DecodedVectors decoded;
  auto query = QueryFromWire(wire, &decoded);
  ASSERT_THAT(query, IsOk());
  const auto& terms = std::get<Combination>(*query);
  EXPECT_FALSE(std::get<ItemRef>(terms.plus.at(0).operand).fold_case);
  EXPECT_TRUE(std::get<ItemRef>(terms.plus.at(1).operand).fold_case);
  wire.mutable_id()->set_fold_case(true);
  query = QueryFromWire(wire, &decoded);
  ASSERT_THAT(query, IsOk());
  EXPECT_TRUE(std::get<ItemRef>(*query).fold_case);
}

}  // namespace
}  // namespace akin::server
