#include "index/query/expected_time.h"

#include <algorithm>
#include <variant>

#include "index/base/limits.h"
#include "index/query/allowed_rows.h"
#include "index/query/pool_size.h"
#include "index/search/calibration.h"

namespace akin {
namespace {

// Resolving, and what is left out: looked up, and searched for on top of k.
constexpr double kPerQuery = 1;
constexpr double kPerExcluded = 0.2;
// A row's place in a bitmap of what may be in the answer; in the bitmaps of a
// filter of some parts, whatever they hold for (match_rows.h).
constexpr double kPerSetRow = 0.0001;
constexpr double kPerFilterRow = 0.0002;
// A walk under a filter has to see more rows.
constexpr double kFilteredWalk = 3;
// Of a fusion or a group: to count a candidate.
constexpr double kPerCandidate = 0.05;
constexpr double kPerListedRow = 0.02;
// Unmeasured are small tables: as if all of it were read from memory once.
constexpr double kBytesPerMicrosecond = 10'000;

double Size(size_t count) { return static_cast<double>(count); }

double RowMicroseconds(const IndexedTable& table) {
  return table.table().dimension() * sizeof(float) / kBytesPerMicrosecond;
}

double ScanMicroseconds(const IndexedTable& table) {
  return Size(table.table().rows()) * RowMicroseconds(table);
}

// The searches that one query may be made of.
class Estimate {
 public:
  Estimate(const IndexedTable& table, const SearchOptions& options)
      : table_(table),
        options_(options),
        exact_(table.report().exact_microseconds.value_or(
            ScanMicroseconds(table))) {}

  double exact() const { return exact_; }

  // What is done once, however many searches there are.
  double Around() const {
    double around =
        kPerQuery + kPerExcluded * Size(options_.exclude_ids.size());
    const double rows = Size(table_.table().rows());
    if (options_.filter != nullptr) around += kPerFilterRow * rows;
    if (!FitsSurplus(options_.exclude_ids.size(), options_.k)) {
      around += kPerSetRow * rows;
    }
    return around;
  }

  // The best `count` rows of one vector.
  double Search(size_t count) const {
    const Calibration* calibration = table_.index().calibration();
    if (options_.exact || calibration == nullptr) return exact_;
    const size_t excluded = options_.exclude_ids.size();
    const bool surplus = FitsSurplus(excluded, options_.k);
    const size_t k = count + (surplus ? excluded : 0);
    const auto effort =
        calibration->EffortFor(options_.target_recall, k, kAnyTable);
    if (!effort.has_value()) return exact_;
    const auto adjusted = static_cast<size_t>(static_cast<float>(*effort) *
                                              options_.effort_factor);
    const auto point = calibration->Expect(std::max(adjusted, k), k, kAnyTable);
    if (!point.has_value()) return exact_;
    if (surplus && options_.filter == nullptr) return point->microseconds;
    return std::min(exact_, kFilteredWalk * point->microseconds);
  }

  double Product(const Combination& combination, size_t count) const {
    const double terms =
        Size(combination.plus.size() + combination.minus.size());
    const double row = terms * RowMicroseconds(table_);
    if (options_.exact) return Size(table_.table().rows()) * row;
    const size_t candidates =
        std::min(ProductCandidates(count), table_.table().rows());
    return Search(candidates) + Size(candidates) * row;
  }

  double Any(const Query& query, size_t count) const {
    if (const auto* combination = std::get_if<Combination>(&query)) {
      if (combination->method == CombinationMethod::kMul) {
        return Product(*combination, count);
      }
    }
    if (const auto* fusion = std::get_if<Fusion>(&query)) {
      const size_t depth = std::min(FusionDepth(*fusion, count), kMaxPool);
      double sum = 0;
      for (const FusionPart& part : fusion->parts) {
        sum += PartOf(part.query, depth) + kPerCandidate * Size(depth);
      }
      return sum;
    }
    if (const auto* ladder = std::get_if<FirstOf>(&query)) {
      double longest = 0;
      for (const QueryCase& rung : ladder->queries) {
        longest = std::max(longest, PartOf(rung.query, count));
      }
      return longest;
    }
    return Search(count);
  }

  // What is chosen from the candidates.
  double Choose(size_t count) const {
    double time = 0;
    if (options_.group_by.has_value()) time += kPerCandidate * Size(count);
    if (options_.diversity.has_value()) {
      const size_t pool =
          std::min({RowsWanted(options_), kMaxPool, table_.table().rows()});
      time += Size(pool) * Size(std::min<size_t>(options_.k, pool)) *
              RowMicroseconds(table_);
    }
    return time;
  }

 private:
  // Of a query within a query. Ladders, which may not be there, end it.
  double PartOf(const Query& query, size_t count) const {
    return std::holds_alternative<FirstOf>(query) ? 0 : Any(query, count);
  }

  const IndexedTable& table_;
  const SearchOptions& options_;
  const double exact_;
};

}  // namespace

double ExpectedMicroseconds(const IndexedTable& table,
                            const SearchOptions& options) {
  const Estimate estimate(table, options);
  const size_t count = FirstCount(options);
  return estimate.Around() + estimate.Search(count) + estimate.Choose(count);
}

double ExpectedMicroseconds(const IndexedTable& table, const Query& query,
                            const SearchOptions& options) {
  const Estimate estimate(table, options);
  const size_t count = FirstCount(options);
  return estimate.Around() + estimate.Any(query, count) +
         estimate.Choose(count);
}

double ExpectedExplainMicroseconds(const IndexedTable& table,
                                   const Query& query,
                                   const SearchOptions& options) {
  SearchOptions exact = options;
  exact.exact = true;
  return ExpectedMicroseconds(table, query, options) +
         ExpectedMicroseconds(table, query, exact) + ScanMicroseconds(table);
}

double ExpectedScoreMicroseconds(const IndexedTable& table, size_t count) {
  return kPerQuery + Size(count) * (kPerExcluded + RowMicroseconds(table));
}

double ExpectedListMicroseconds(const IndexedTable& table, bool filtered) {
  return kPerQuery + Size(table.table().rows()) *
                         (kPerListedRow + (filtered ? kPerFilterRow : 0));
}

}  // namespace akin
