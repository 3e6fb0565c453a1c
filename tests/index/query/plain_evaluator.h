// The plainest evaluator of a fusion: vectors, ids, sums, means and products,
// with a filter, exclusions, min_score, groups and diversity.

#ifndef AKIN_TESTS_INDEX_QUERY_PLAIN_EVALUATOR_H_
#define AKIN_TESTS_INDEX_QUERY_PLAIN_EVALUATOR_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "index/query/pool_size.h"
#include "tests/index/query/asked_version.h"

namespace akin {

using PlainScores = std::vector<std::pair<double, uint32_t>>;  // best first

inline void SortBest(PlainScores* rows) {
  std::sort(rows->begin(), rows->end(), [](const auto& a, const auto& b) {
    return a.first > b.first || (a.first == b.first && a.second < b.second);
  });
}

// In double, over all rows, keeping nothing.
class PlainEvaluator {
 public:
  PlainEvaluator(const AskedVersion& asked, const SearchOptions& options,
                 const HandMadeRules& rules)
      : table_(asked.table()), options_(options), rules_(rules) {}

  std::vector<std::string> Evaluate(const Fusion& fusion) const {
    std::set<uint32_t> left_out(rules_.excluded.begin(), rules_.excluded.end());
    for (const FusionPart& part : fusion.parts) {
      for (const uint32_t row : Named(part.query)) left_out.insert(row);
    }
    std::map<uint32_t, double> fused;
    for (const FusionPart& part : fusion.parts) {
      PlainScores rows;
      for (uint32_t row = 0; row < table_.rows(); ++row) {
        if (MayBeHit(row, left_out)) {
          rows.emplace_back(ScoreOf(part.query, row), row);
        }
      }
      SortBest(&rows);
      const size_t depth = fusion.depth != 0 ? fusion.depth : 10'000;
      if (rows.size() > depth) rows.resize(depth);
      AddPart(fusion, part.weight, rows, &fused);
    }
    PlainScores candidates;
    for (const auto& [row, score] : fused) {
      candidates.emplace_back(static_cast<float>(score), row);
    }
    SortBest(&candidates);
    return Choose(candidates);
  }

 private:
  bool MayBeHit(uint32_t row, const std::set<uint32_t>& left_out) const {
    if (left_out.count(row) > 0) return false;
    return !rules_.matching.has_value() ||
           std::count(rules_.matching->begin(), rules_.matching->end(), row);
  }

  uint32_t RowOf(const ItemRef& ref) const {
    return *table_.ids().Find(ref.id);
  }

  std::vector<double> VectorOf(const Operand& operand) const {
    std::vector<double> vector;
    if (const auto* ref = std::get_if<ItemRef>(&operand)) {
      const auto stored = table_.SearchVector(RowOf(*ref));
      vector.assign(stored.begin(), stored.end());
    } else {
      const auto given = std::get<absl::Span<const float>>(operand);
      vector.assign(given.begin(), given.end());
    }
    if (table_.metric() == Metric::kCosine) Scale(&vector);
    return vector;
  }

  static void Scale(std::vector<double>* vector) {
    double squares = 0;
    for (const double x : *vector) squares += x * x;
    for (double& x : *vector) x /= std::sqrt(squares);
  }

  double Compare(const std::vector<double>& a, uint32_t row) const {
    const auto b = table_.SearchVector(row);
    double dot = 0;
    double l2 = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      dot += a[i] * b[i];
      l2 += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return table_.metric() == Metric::kL2 ? -l2 : dot;
  }

  std::vector<uint32_t> Named(const Query& query) const {
    std::vector<uint32_t> rows;
    if (const auto* ref = std::get_if<ItemRef>(&query)) {
      rows.push_back(RowOf(*ref));
    }
    const auto* combination = std::get_if<Combination>(&query);
    if (combination == nullptr || combination->keep_inputs) return rows;
    for (const auto* terms : {&combination->plus, &combination->minus}) {
      for (const Term& term : *terms) {
        if (const auto* ref = std::get_if<ItemRef>(&term.operand)) {
          rows.push_back(RowOf(*ref));
        }
      }
    }
    return rows;
  }

  double ScoreOf(const Query& query, uint32_t row) const {
    if (const auto* ref = std::get_if<ItemRef>(&query)) {
      return Compare(VectorOf(*ref), row);
    }
    if (const auto* vector = std::get_if<absl::Span<const float>>(&query)) {
      return Compare(VectorOf(*vector), row);
    }
    const auto& combination = std::get<Combination>(query);
    std::vector<double> sum(table_.dimension(), 0.0);
    double weights = 0;
    double above = 1;
    double below = 1;
    for (const auto* terms : {&combination.plus, &combination.minus}) {
      const bool plus = terms == &combination.plus;
      for (const Term& term : *terms) {
        const std::vector<double> vector = VectorOf(term.operand);
        for (size_t i = 0; i < sum.size(); ++i) {
          sum[i] += (plus ? term.weight : -term.weight) * vector[i];
        }
        weights += term.weight;
        (plus ? above : below) *=
            std::pow((1 + Compare(vector, row)) / 2, term.weight);
      }
    }
    if (combination.method == CombinationMethod::kMul) {
      return above / (below + 1e-6);
    }
    if (table_.metric() == Metric::kCosine) {
      Scale(&sum);
    } else if (combination.method == CombinationMethod::kMean) {
      for (double& x : sum) x /= weights;
    }
    return Compare(sum, row);
  }

  static void AddPart(const Fusion& fusion, double weight,
                      const PlainScores& rows,
                      std::map<uint32_t, double>* fused) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const double high = rows.front().first;
      const double low = rows.back().first;
      double& score = (*fused)[rows[i].second];
      if (fusion.method == FusionMethod::kReciprocalRank) {
        score +=
            weight *
            (1 / (double{fusion.rank_constant} + static_cast<double>(i + 1)));
      } else {
        score +=
            weight * (high > low ? (rows[i].first - low) / (high - low) : 1);
      }
    }
  }

  // How alike two rows are in the eyes of diversity, of fused scores.
  double Alike(uint32_t a, uint32_t b, double mean) const {
    const auto v = table_.SearchVector(a);
    const std::vector<double> vector(v.begin(), v.end());
    if (table_.metric() == Metric::kL2) {
      return 1 / (1 - Compare(vector, b) / mean);
    }
    const auto w = table_.SearchVector(b);
    double squares_a = 0;
    double squares_b = 0;
    for (size_t i = 0; i < vector.size(); ++i) {
      squares_a += double{v[i]} * v[i];
      squares_b += double{w[i]} * w[i];
    }
    return Compare(vector, b) / std::sqrt(squares_a * squares_b);
  }

  std::vector<std::string> Choose(PlainScores rows) const {
    if (options_.min_score.has_value()) {
      std::erase_if(rows, [&](const auto& row) {
        return row.first < *options_.min_score;
      });
    }
    if (options_.group_by.has_value()) {
      std::map<uint32_t, uint32_t> taken;
      PlainScores kept;
      for (const auto& row : rows) {
        const uint32_t group = rules_.group(row.second);
        if (group == kNoGroup || taken[group]++ < options_.group_by->most) {
          kept.push_back(row);
        }
      }
      rows = kept;
    }
    std::vector<std::string> ids;
    if (!options_.diversity.has_value()) {
      for (size_t i = 0; i < std::min<size_t>(rows.size(), options_.k); ++i) {
        ids.emplace_back(table_.ids().Id(rows[i].second));
      }
      return ids;
    }
    if (rows.size() > RowsWanted(options_)) rows.resize(RowsWanted(options_));
    if (rows.empty()) return ids;
    return Diversified(rows);
  }

  std::vector<std::string> Diversified(PlainScores rows) const {
    const double high = rows.front().first;
    const double low = rows.back().first;
    double mean = 0;
    if (table_.metric() == Metric::kL2) {
      const auto best = table_.SearchVector(rows.front().second);
      const std::vector<double> vector(best.begin(), best.end());
      for (const auto& row : rows) mean -= Compare(vector, row.second);
      mean /= static_cast<double>(rows.size());
    }
    std::vector<uint32_t> taken;
    while (taken.size() < options_.k && !rows.empty()) {
      size_t best = 0;
      double highest = -std::numeric_limits<double>::infinity();
      for (size_t i = 0; i < rows.size() && !taken.empty(); ++i) {
        double nearest = -std::numeric_limits<double>::infinity();
        for (const uint32_t one : taken) {
          nearest = std::max(nearest, Alike(one, rows[i].second, mean));
        }
        const double relevance =
            high > low ? (rows[i].first - low) / (high - low) : 1;
        const double lambda = options_.diversity->lambda;
        const double gain = lambda * relevance - (1 - lambda) * nearest;
        if (gain > highest) {
          highest = gain;
          best = i;
        }
      }
      taken.push_back(rows[best].second);
      rows.erase(rows.begin() + static_cast<ptrdiff_t>(best));
    }
    std::vector<std::string> ids;
    for (const uint32_t row : taken) ids.emplace_back(table_.ids().Id(row));
    return ids;
  }

  const Table& table_;
  const SearchOptions& options_;
  const HandMadeRules& rules_;
};

}  // namespace akin

#endif  // AKIN_TESTS_INDEX_QUERY_PLAIN_EVALUATOR_H_
