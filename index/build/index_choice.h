// Exact or graph: which one serves a table, by what they cost there.

#ifndef AKIN_INDEX_BUILD_INDEX_CHOICE_H_
#define AKIN_INDEX_BUILD_INDEX_CHOICE_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "index/search/calibration.h"

namespace akin {

// Before anything is built: whether a walk could answer in less time than
// `exact_microseconds`, which an exact search of the table's `rows` takes. Asks
// what a walk takes on easy data, so a yes is no promise.
bool GraphMayPay(double exact_microseconds, size_t rows);

// A search for 10 neighbours by the graph at the default target recall, whether
// exact search is faster or not.
struct UsualSearch {
  double
      recall;  // the most that any effort found, if the target is not reached
  double microseconds;
  bool reached;
  double distances;  // rows compared
};

// Nothing for a `query_table` (as in SearchTask) that was not calibrated.
std::optional<UsualSearch> UsualSearchFor(const Calibration& calibration,
                                          absl::string_view query_table);

// After the build: whether the graph answers queries of any of the tables that
// it was calibrated with in less time than exact search. Those of the others
// exact search answers (Calibration::EffortFor).
bool GraphPays(const Calibration& calibration);

}  // namespace akin

#endif  // AKIN_INDEX_BUILD_INDEX_CHOICE_H_
