// How much two answers agree: ranked lists of ids, best first, each id at most
// once. Thread-safe.

#ifndef AKIN_INDEX_QUERY_RANK_OVERLAP_H_
#define AKIN_INDEX_QUERY_RANK_OVERLAP_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace akin {

using RankedIds = absl::Span<const absl::string_view>;

// Ids that both have, over the length of the longer one; 1 if both are empty.
double Overlap(RankedIds a, RankedIds b);

// Rank-biased overlap, extrapolated beyond what is seen, of lists that may
// differ in length: Webber, Moffat and Zobel, "A similarity measure for
// indefinite rankings" (2010), equation 32. `persistence` (their p) is in
// (0, 1): the smaller, the more the first ranks count. In [0, 1]; exactly 1 if
// the lists are equal, 0 if only one of them is empty.
double RankBiasedOverlap(RankedIds a, RankedIds b, double persistence = 0.9);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_RANK_OVERLAP_H_
