#include "server/convert_query.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/half.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/query/check_options.h"

namespace akin::server {
namespace {

size_t ElementBytes(v1::DType dtype) {
  switch (dtype) {
    case v1::DTYPE_F32:
      return 4;
    case v1::DTYPE_F16:
      return 2;
    case v1::DTYPE_I8:
      return 1;
    default:
      return 0;
  }
}

// `bytes` are a whole number of elements.
void DecodeElements(v1::DType dtype, absl::string_view bytes, float* out) {
  switch (dtype) {
    case v1::DTYPE_F32:
      std::memcpy(out, bytes.data(), bytes.size());
      return;
    case v1::DTYPE_F16:
      for (size_t i = 0; i < bytes.size() / 2; ++i) {
        uint16_t bits;
        std::memcpy(&bits, bytes.data() + 2 * i, sizeof(bits));
        out[i] = HalfToFloat(bits);
      }
      return;
    default:
      for (size_t i = 0; i < bytes.size(); ++i) {
        out[i] = static_cast<float>(static_cast<int8_t>(bytes[i]));
      }
  }
}

absl::StatusOr<size_t> CheckDType(absl::string_view what, v1::DType dtype) {
  const size_t element = ElementBytes(dtype);
  if (element > 0) return element;
  return absl::InvalidArgumentError(
      absl::StrCat(what, " has dtype ", dtype,
                   ", expected DTYPE_F32, DTYPE_F16 or DTYPE_I8"));
}

// The numbers in `data`, where they are if they lie there as floats do.
absl::Span<const float> FloatsIn(v1::DType dtype, const std::string& data,
                                 DecodedVectors* decoded) {
  if (dtype == v1::DTYPE_F32 &&
      reinterpret_cast<uintptr_t>(data.data()) % alignof(float) == 0) {
    return {reinterpret_cast<const float*>(data.data()),
            data.size() / sizeof(float)};
  }
  std::vector<float>& out =
      decoded->emplace_back(data.size() / ElementBytes(dtype));
  DecodeElements(dtype, data, out.data());
  return absl::MakeConstSpan(out);
}

absl::StatusOr<absl::Span<const float>> DecodePacked(
    const v1::PackedVector& packed, DecodedVectors* decoded) {
  AKIN_ASSIGN_OR_RETURN(const size_t element,
                        CheckDType("a packed vector", packed.dtype()));
  const std::string& data = packed.data();
  if (data.size() % element != 0 || data.size() / element > kMaxDimension) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a packed vector has ", data.size(), " bytes, expected a multiple of ",
        element, " of at most ", kMaxDimension * element));
  }
  return FloatsIn(packed.dtype(), data, decoded);
}

absl::StatusOr<absl::Span<const float>> VectorFromWire(
    const v1::Vector& vector, DecodedVectors* decoded) {
  switch (vector.encoding_case()) {
    case v1::Vector::kFloats:
      return absl::MakeConstSpan(vector.floats().values().data(),
                                 vector.floats().values_size());
    case v1::Vector::kPacked:
      return DecodePacked(vector.packed(), decoded);
    default:
      return absl::InvalidArgumentError(
          "a vector is empty, expected floats or packed bytes");
  }
}

ItemRef ItemFromWire(const v1::ItemRef& ref) {
  return {ref.table(), ref.id(), ref.fold_case()};
}

absl::StatusOr<Term> TermFromWire(const v1::Term& term,
                                  DecodedVectors* decoded) {
  const float weight = term.has_weight() ? term.weight() : 1.0f;
  switch (term.operand_case()) {
    case v1::Term::kVector: {
      AKIN_ASSIGN_OR_RETURN(const auto vector,
                            VectorFromWire(term.vector(), decoded));
      return Term{vector, weight};
    }
    case v1::Term::kId:
      return Term{ItemFromWire(term.id()), weight};
    default:
      return absl::InvalidArgumentError(
          "a term is empty, expected a vector or an id");
  }
}

absl::StatusOr<CombinationMethod> MethodFromWire(v1::CombinationMethod wire) {
  switch (wire) {
    case v1::COMBINATION_METHOD_UNSPECIFIED:
    case v1::COMBINATION_METHOD_3COSADD:
      return CombinationMethod::kAdd;
    case v1::COMBINATION_METHOD_3COSMUL:
      return CombinationMethod::kMul;
    case v1::COMBINATION_METHOD_MEAN:
      return CombinationMethod::kMean;
    default:
      return absl::InvalidArgumentError(absl::StrCat(
          "the combination's method is ", wire,
          ", expected COMBINATION_METHOD_3COSADD, COMBINATION_METHOD_3COSMUL "
          "or COMBINATION_METHOD_MEAN"));
  }
}

absl::StatusOr<Query> CombinationFromWire(const v1::Combination& wire,
                                          DecodedVectors* decoded) {
  Combination combination;
  AKIN_ASSIGN_OR_RETURN(combination.method, MethodFromWire(wire.method()));
  AKIN_RETURN_IF_ERROR(CheckTerms(wire.plus_size() + wire.minus_size()));
  for (const v1::Term& term : wire.plus()) {
    AKIN_ASSIGN_OR_RETURN(combination.plus.emplace_back(),
                          TermFromWire(term, decoded));
  }
  for (const v1::Term& term : wire.minus()) {
    AKIN_ASSIGN_OR_RETURN(combination.minus.emplace_back(),
                          TermFromWire(term, decoded));
  }
  combination.keep_inputs = wire.keep_inputs();
  combination.skip_unknown = wire.skip_unknown();
  return combination;
}

// Before anything is made of them.
absl::Status CheckAtMost(absl::string_view what, absl::string_view of,
                         int count, size_t most) {
  if (static_cast<size_t>(count) <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the ", of, " has ", count, " ", what, ", expected at most ", most));
}

absl::StatusOr<FusionMethod> MethodFromWire(v1::FusionMethod wire) {
  switch (wire) {
    case v1::FUSION_METHOD_UNSPECIFIED:
    case v1::FUSION_METHOD_RECIPROCAL_RANK:
      return FusionMethod::kReciprocalRank;
    case v1::FUSION_METHOD_WEIGHTED_SCORE:
      return FusionMethod::kWeightedScore;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("the fusion's method is ", wire,
                       ", expected FUSION_METHOD_RECIPROCAL_RANK or "
                       "FUSION_METHOD_WEIGHTED_SCORE"));
  }
}

// Queries within queries end here: a part is neither a fusion nor a ladder, so
// that no message nests them deeper than two.
absl::StatusOr<Query> FusionFromWire(const v1::Fusion& wire,
                                     DecodedVectors* decoded) {
  Fusion fusion;
  AKIN_ASSIGN_OR_RETURN(fusion.method, MethodFromWire(wire.method()));
  AKIN_RETURN_IF_ERROR(
      CheckAtMost("parts", "fusion", wire.parts_size(), kMaxFusionParts));
  fusion.parts.reserve(wire.parts_size());
  for (const v1::FusionPart& part : wire.parts()) {
    if (part.query().has_fusion() || part.query().has_first_of()) {
      return absl::InvalidArgumentError(
          "a part of a fusion is a fusion or a ladder (first_of), expected a "
          "vector, an id or a combination");
    }
    FusionPart& into = fusion.parts.emplace_back();
    AKIN_ASSIGN_OR_RETURN(into.query, QueryFromWire(part.query(), decoded));
    if (part.has_weight()) into.weight = part.weight();
  }
  if (wire.has_rank_constant()) fusion.rank_constant = wire.rank_constant();
  fusion.depth = wire.depth();
  return fusion;
}

absl::StatusOr<Query> LadderFromWire(const v1::FirstOf& wire,
                                     DecodedVectors* decoded) {
  FirstOf ladder;
  AKIN_RETURN_IF_ERROR(
      CheckAtMost("queries", "ladder", wire.queries_size(), kMaxLadderQueries));
  AKIN_RETURN_IF_ERROR(CheckAtMost("fallback_ids", "ladder",
                                   wire.fallback_ids_size(), kMaxFallbackIds));
  for (const v1::Query& query : wire.queries()) {
    if (query.has_first_of()) {
      return absl::InvalidArgumentError(
          "a query of a ladder (first_of) is a ladder, expected another kind");
    }
    AKIN_ASSIGN_OR_RETURN(ladder.queries.emplace_back().query,
                          QueryFromWire(query, decoded));
  }
  ladder.fallback_ids.assign(wire.fallback_ids().begin(),
                             wire.fallback_ids().end());
  return ladder;
}

}  // namespace

absl::StatusOr<Query> QueryFromWire(const v1::Query& query,
                                    DecodedVectors* decoded) {
  switch (query.kind_case()) {
    case v1::Query::kVector: {
      AKIN_ASSIGN_OR_RETURN(const auto vector,
                            VectorFromWire(query.vector(), decoded));
      return Query(vector);
    }
    case v1::Query::kId:
      return Query(ItemFromWire(query.id()));
    case v1::Query::kCombination:
      return CombinationFromWire(query.combination(), decoded);
    case v1::Query::kFusion:
      return FusionFromWire(query.fusion(), decoded);
    case v1::Query::kFirstOf:
      return LadderFromWire(query.first_of(), decoded);
    default:
      return Query(std::monostate{});  // the library says what is missing
  }
}

absl::StatusOr<std::vector<Query>> VectorBlockFromWire(
    const v1::VectorBlock& block, size_t most, DecodedVectors* decoded) {
  AKIN_ASSIGN_OR_RETURN(const size_t element,
                        CheckDType("the block of vectors", block.dtype()));
  const uint32_t dimension = block.dimension();
  if (dimension < 1 || dimension > kMaxDimension) {
    return absl::InvalidArgumentError(
        absl::StrCat("the block of vectors has dimension ", dimension,
                     ", expected 1 to ", kMaxDimension));
  }
  if (block.data().size() % (element * dimension) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the block of vectors has ", block.data().size(),
        " bytes, expected a multiple of ", element * dimension, ", which is ",
        dimension, " components of ", element, " bytes"));
  }
  // Before anything is made of them: a query is larger than a short vector.
  const size_t count = block.data().size() / (element * dimension);
  AKIN_RETURN_IF_ERROR(
      CheckCount("the number of queries", count, most, "max_batch_queries"));
  const absl::Span<const float> all =
      FloatsIn(block.dtype(), block.data(), decoded);
  std::vector<Query> queries;
  queries.reserve(count);
  for (size_t at = 0; at < all.size(); at += dimension) {
    queries.emplace_back(all.subspan(at, dimension));
  }
  return queries;
}

}  // namespace akin::server
