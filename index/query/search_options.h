// How a query is answered. Plain values; views must outlive the call that uses
// them.

#ifndef AKIN_INDEX_QUERY_SEARCH_OPTIONS_H_
#define AKIN_INDEX_QUERY_SEARCH_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "index/search/searcher.h"

namespace akin {

struct Predicate;  // index/query/predicate.h

// How the options follow each other: what filter and exclusions allow is
// searched for (and fused), what scores below min_score goes, then what is of a
// full group, and from what is left hits are diversified.

// Maximal marginal relevance (Carbonell and Goldstein 1998): hits are taken one
// by one from a pool, each the best of
//   lambda * score - (1 - lambda) * the largest similarity to one taken before,
// and answered in that order. index/query/diversify.h says what is weighed
// against what.
struct Diversity {
  float lambda = 0.5f;  // 0..1; 1: the order of scores
  uint32_t pool = 0;    // 0: 4 k, 100 to kMaxPool; fewer than k count as k
};

// At most `most` hits with the same value of an attribute; ids without a value
// are groups of their own. While groups are full, more candidates are looked
// at, up to the best 100,000 (index/query/pool_size.h).
struct Grouping {
  absl::string_view attribute;
  uint32_t most = 1;  // 0 means 1
};

// The ids that a list attribute of a table's entry holds: what user u has seen.
struct AttributeIds {
  absl::string_view table;  // empty: the searched one
  absl::string_view id;     // one that is not there excludes nothing
  absl::string_view attribute;
  bool fold_case = false;  // of `id`, as of ItemRef
};

struct SearchOptions {
  uint32_t k = 0;
  bool exact = false;
  // The share of the true neighbours that is wanted, in (0, 1]; an exact search
  // finds all.
  float target_recall = kDefaultTargetRecall;
  // What the effort for that is multiplied by, more than 0: above 1 where a
  // sample of queries was found to get less than the calibration says.
  float effort_factor = 1;
  std::optional<float> min_score = std::nullopt;
  std::vector<absl::string_view> exclude_ids = {};  // of the searched table
  std::optional<AttributeIds> exclude_from = std::nullopt;
  // Only ids that it holds for; null: all.
  const Predicate* filter = nullptr;
  std::optional<Diversity> diversity = std::nullopt;
  std::optional<Grouping> group_by = std::nullopt;
  bool return_vectors = false;
  bool return_attributes = false;
};

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_SEARCH_OPTIONS_H_
