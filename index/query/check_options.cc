#include "index/query/check_options.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "index/base/error_facts.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

// A hit's id, score and framing on the wire, at the very least.
constexpr size_t kMinHitBytes = 10;

// Like CheckCount, of a cap that GetServerInfo does not say.
absl::Status CheckWithin(absl::string_view what, size_t count, size_t least,
                         size_t most) {
  if (count >= least && count <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, " is ", count, ", expected ", least, " to ", most));
}

absl::Status CheckDiversity(const Diversity& diversity) {
  if (!(diversity.lambda >= 0 && diversity.lambda <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the lambda of diversity is ", diversity.lambda, ", expected 0 to 1"));
  }
  return CheckWithin("the pool of diversity", diversity.pool, 0, kMaxPool);
}

}  // namespace

absl::Status CheckCount(absl::string_view what, size_t count, size_t maximum,
                        absl::string_view limit) {
  if (count >= 1 && count <= maximum) return absl::OkStatus();
  return WithFacts(absl::InvalidArgumentError(absl::StrCat(
                       what, " is ", count, ", expected 1 to ", maximum)),
                   LimitExceeded{std::string(limit), maximum, count});
}

absl::Status CheckExcludeIds(size_t count) {
  if (count == 0) return absl::OkStatus();
  return CheckCount("the number of exclude_ids", count, kMaxExcludeIds,
                    "max_exclude_ids");
}

absl::Status CheckTerms(size_t count) {
  return CheckCount("the number of terms of the combination", count,
                    kMaxCombinationTerms, "max_combination_terms");
}

absl::Status CheckFusion(const Fusion& fusion) {
  AKIN_RETURN_IF_ERROR(CheckWithin("the number of parts of the fusion",
                                   fusion.parts.size(), 1, kMaxFusionParts));
  AKIN_RETURN_IF_ERROR(
      CheckWithin("the depth of the fusion", fusion.depth, 0, kMaxPool));
  if (!std::isfinite(fusion.rank_constant) || fusion.rank_constant < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("the rank_constant of the fusion is ",
                     fusion.rank_constant, ", expected a number from 1"));
  }
  size_t terms = 0;
  for (const FusionPart& part : fusion.parts) {
    if (const auto* combination = std::get_if<Combination>(&part.query)) {
      terms += combination->plus.size() + combination->minus.size();
    }
    if (!std::isfinite(part.weight) || part.weight < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("a part's weight is ", part.weight,
                       ", expected a finite number that is not negative"));
    }
    if (std::holds_alternative<Fusion>(part.query) ||
        std::holds_alternative<FirstOf>(part.query)) {
      return absl::InvalidArgumentError(
          "a part of a fusion is a fusion or a ladder (first_of), expected a "
          "vector, an id or a combination");
    }
  }
  if (terms <= kMaxCombinationTerms) return absl::OkStatus();
  return CheckCount("the number of terms of all parts of the fusion", terms,
                    kMaxCombinationTerms, "max_combination_terms");
}

absl::Status CheckLadder(const FirstOf& ladder) {
  AKIN_RETURN_IF_ERROR(CheckWithin("the number of queries of the ladder",
                                   ladder.queries.size(), 1,
                                   kMaxLadderQueries));
  AKIN_RETURN_IF_ERROR(CheckWithin("the number of fallback_ids",
                                   ladder.fallback_ids.size(), 0,
                                   kMaxFallbackIds));
  for (const QueryCase& rung : ladder.queries) {
    if (std::holds_alternative<FirstOf>(rung.query)) {
      return absl::InvalidArgumentError(
          "a query of a ladder (first_of) is a ladder itself");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAnswerBytes(size_t bytes, size_t maximum) {
  if (bytes <= maximum) return absl::OkStatus();
  return WithFacts(absl::ResourceExhaustedError(
                       absl::StrCat("the answer would have at least ", bytes,
                                    " bytes, a message has at most ", maximum,
                                    "; ask for less at a time")),
                   LimitExceeded{"max_message_bytes", maximum, bytes});
}

absl::Status CheckOptions(const SearchOptions& options, const Table& table,
                          size_t queries) {
  AKIN_RETURN_IF_ERROR(CheckCount("k", options.k, kMaxK, "max_k"));
  // NaN is in no range.
  if (!(options.target_recall > 0 && options.target_recall <= 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("target_recall is ", options.target_recall,
                     ", expected more than 0 and at most 1"));
  }
  if (options.min_score.has_value() && !std::isfinite(*options.min_score)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "min_score is ", *options.min_score, ", expected a finite number"));
  }
  AKIN_RETURN_IF_ERROR(CheckExcludeIds(options.exclude_ids.size()));
  if (options.diversity.has_value()) {
    AKIN_RETURN_IF_ERROR(CheckDiversity(*options.diversity));
  }
  const size_t hits = std::min<size_t>(options.k, table.rows());
  const size_t vector_bytes =
      options.return_vectors ? table.dimension() * sizeof(float) : 0;
  return CheckAnswerBytes(queries * hits * (kMinHitBytes + vector_bytes));
}

}  // namespace akin
