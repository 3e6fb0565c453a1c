#include "index/query/check_options.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "index/base/error_facts.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

// A hit's id, score and framing on the wire, at the very least.
constexpr size_t kMinHitBytes = 10;

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
  const size_t hits = std::min<size_t>(options.k, table.rows());
  const size_t vector_bytes =
      options.return_vectors ? table.dimension() * sizeof(float) : 0;
  return CheckAnswerBytes(queries * hits * (kMinHitBytes + vector_bytes));
}

}  // namespace akin
