// What can be asked of a version: one type that composes. Plain values.
//
// A query's views (vectors, ids) must outlive the call that runs it.

#ifndef AKIN_INDEX_QUERY_QUERY_H_
#define AKIN_INDEX_QUERY_QUERY_H_

#include <cstdint>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/query/answer.h"
#include "index/query/search_options.h"

namespace akin {

// A stored vector. An empty `table` means the searched one. With `fold_case` an
// id that is not there stands for the first one that differs from it in nothing
// but case (IdMap::FindFolded).
struct ItemRef {
  absl::string_view table;
  absl::string_view id;
  bool fold_case = false;
};

// A vector as given, or a stored one.
using Operand = std::variant<absl::Span<const float>, ItemRef>;

struct Term {
  Operand operand;
  float weight = 1;
};

enum class CombinationMethod : uint8_t {
  // The weighted sum of plus terms less that of minus terms; under cosine each
  // term is scaled to length 1 first (3CosAdd: Mikolov, Yih and Zweig 2013,
  // section 4; named in Levy and Goldberg 2014, section 3).
  kAdd,
  // The product of the similarities to the plus terms over that to the minus
  // terms, similarities being (1 + cosine) / 2 (3CosMul: Levy and Goldberg
  // 2014, section 4; index/query/cosmul.h). Only under cosine. It has no
  // vector: of the rows that kAdd finds the best 10 a hit, and at least 1,000,
  // are scored by it; all rows with `exact`, and where the terms cancel out.
  kMul,
  // kAdd divided by the sum of the weights, those of minus terms too (as
  // gensim's get_mean_vector does: a mean is never turned around): a user as
  // the mean of what they have seen. Under dot and l2 its scores differ from
  // kAdd's.
  kMean,
};

struct Combination {
  std::vector<Term> plus;
  std::vector<Term> minus;
  CombinationMethod method = CombinationMethod::kAdd;
  // Ids that the terms name may be in the answer.
  bool keep_inputs = false;
  // Terms that name an id that is not there are left out; NOT_FOUND only if
  // none is left.
  bool skip_unknown = false;
};

struct FusionPart;
struct QueryCase;

enum class FusionMethod : uint8_t {
  // Sum over the parts of weight / (rank_constant + rank), ranks from 1
  // (Cormack, Clarke and Buettcher 2009).
  kReciprocalRank,
  // Sum of weight times the score, brought to 0..1 between the lowest and the
  // highest of the part's candidates, 1 if they are all equal; who is not among
  // them gets 0.
  kWeightedScore,
};

// Several queries of the searched table, one answer. What one part names itself
// is left out of all. min_score and the hits' scores are of the fused score.
struct Fusion {
  std::vector<FusionPart> parts;
  FusionMethod method = FusionMethod::kReciprocalRank;
  float rank_constant = 60;
  // How many candidates each part brings; 0: as many as hits, or candidates to
  // group and to diversify, are wanted, and at least 100.
  uint32_t depth = 0;
};

// A ladder: the first query that can be answered answers. A query cannot when
// an id that it names is not there; a table that is not there is an error
// wherever it is named. If none can, `fallback_ids` are the hits, if there are
// any: in their order and with score 0, those that are there and that filter,
// exclusion and groups let through.
struct FirstOf {
  std::vector<QueryCase> queries;
  std::vector<absl::string_view> fallback_ids = {};
};

// Empty is what a caller sends by mistake, and an error.
using Query = std::variant<std::monostate, absl::Span<const float>, ItemRef,
                           Combination, Fusion, FirstOf>;

struct FusionPart {
  Query query;  // neither Fusion nor FirstOf; a product may be one
  float weight = 1;
};

struct QueryCase {
  Query query;  // not FirstOf
};

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_QUERY_H_
