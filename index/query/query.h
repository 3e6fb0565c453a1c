// What can be asked of a version, and what comes back. Plain values.
//
// A query's views (vectors, ids) must outlive the call that runs it.

#ifndef AKIN_INDEX_QUERY_QUERY_H_
#define AKIN_INDEX_QUERY_QUERY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/search/searcher.h"

namespace akin {

// A stored vector. An empty `table` means the searched one.
struct ItemRef {
  absl::string_view table;
  absl::string_view id;
};

// A vector as given, or a stored one.
using Operand = std::variant<absl::Span<const float>, ItemRef>;

struct Term {
  Operand operand;
  float weight = 1;
};

// Weighted sum of plus terms less weighted sum of minus terms; under cosine
// each term is scaled to length 1 first (3CosAdd: Mikolov, Yih and Zweig 2013,
// section 4; named in Levy and Goldberg 2014, section 3).
struct Combination {
  std::vector<Term> plus;
  std::vector<Term> minus;
};

// Empty is what a caller sends by mistake, and an error.
using Query =
    std::variant<std::monostate, absl::Span<const float>, ItemRef, Combination>;

struct SearchOptions {
  uint32_t k = 0;
  bool exact = false;
  // The share of the true neighbours that is wanted, in (0, 1]; an exact search
  // finds all.
  float target_recall = kDefaultTargetRecall;
  std::optional<float> min_score = std::nullopt;
  std::vector<absl::string_view> exclude_ids = {};  // of the searched table
  bool return_vectors = false;
};

struct Hit {
  absl::string_view id;  // valid as long as the version
  float score;
  std::vector<float> vector;  // as trained; empty unless asked for
};

// Why there are fewer than k hits.
struct Shortfall {
  enum class Reason : uint8_t { kTableSize, kExcluded, kMinScore };
  uint32_t missing;
  Reason reason;
  std::string detail;
};

struct Answer {
  std::vector<Hit> hits;  // best first
  std::optional<Shortfall> shortfall;
  SearchStats stats;
};

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_QUERY_H_
