#include "index/query/comparison_thresholds.h"

#include <limits>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

// A mean of equal figures may miss them by some ulps.
constexpr double kRounding = 1e-9;

bool AnyOf(const ComparisonThresholds& thresholds) {
  return thresholds.min_overlap.has_value() ||
         thresholds.min_rank_biased_overlap.has_value() ||
         thresholds.min_recall.has_value() ||
         thresholds.max_lost_share.has_value() ||
         thresholds.max_score_drift.has_value() ||
         thresholds.max_norm_ratio.has_value() ||
         thresholds.max_p99_ratio.has_value() ||
         thresholds.max_memory_ratio.has_value();
}

absl::Status CheckFrom(absl::string_view name,
                       const std::optional<double>& value, double least) {
  // NaN is in no range.
  if (!value.has_value() ||
      (*value >= least && *value <= std::numeric_limits<double>::max())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      name, " is ", *value, ", expected a finite number of at least ", least));
}

absl::Status CheckShare(absl::string_view name,
                        const std::optional<double>& value) {
  if (!value.has_value() || (*value >= 0 && *value <= 1)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name, " is ", *value, ", expected 0 to 1"));
}

absl::Status CheckRatio(absl::string_view name,
                        const std::optional<double>& value) {
  if (!value.has_value() ||
      (*value > 0 && *value <= std::numeric_limits<double>::max())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      name, " is ", *value, ", expected a finite number of more than 0"));
}

// Both numbers with as many digits as tell them apart.
std::string Against(double value, absl::string_view expected, double limit) {
  std::string shown = absl::StrFormat("%.3f", value);
  std::string wanted = absl::StrFormat("%.3f", limit);
  if (shown == wanted) {
    shown = absl::StrFormat("%.10g", value);
    wanted = absl::StrFormat("%.10g", limit);
  }
  return absl::StrCat("is ", shown, ", expected ", expected, " ", wanted);
}

// Collects the sentences about one pair of tables, or about one table.
class Judge {
 public:
  Judge(std::string subject, bool known, std::vector<std::string>* broken)
      : subject_(std::move(subject)), known_(known), broken_(broken) {}

  void AtLeast(absl::string_view figure, double value,
               const std::optional<double>& limit) {
    if (!limit.has_value() || (known_ && value >= *limit - kRounding)) return;
    Add(figure, value, "at least", *limit);
  }

  void AtMost(absl::string_view figure, double value,
              const std::optional<double>& limit) {
    if (!limit.has_value() || (known_ && value <= *limit + kRounding)) return;
    Add(figure, value, "at most", *limit);
  }

  const std::string& subject() const { return subject_; }

 private:
  void Add(absl::string_view figure, double value, absl::string_view expected,
           double limit) {
    broken_->push_back(
        absl::StrCat(subject_, ": ", figure, " ",
                     known_ ? Against(value, expected, limit)
                            : absl::StrFormat("is not known, expected %s %.3f",
                                              expected, limit)));
  }

  const std::string subject_;
  const bool known_;
  std::vector<std::string>* const broken_;
};

// 0 over 0 is no change.
double Ratio(double after, double before) {
  if (before > 0) return after / before;
  return after > 0 ? std::numeric_limits<double>::infinity() : 1;
}

void JudgeAnswers(const TableComparison& pair,
                  const ComparisonThresholds& thresholds,
                  std::vector<std::string>* broken) {
  Judge judge(absl::StrCat(pair.query_table, " -> ", pair.table),
              pair.queries > 0, broken);
  const std::string at_k = absl::StrCat("@", pair.k);
  judge.AtLeast(absl::StrCat("overlap", at_k), pair.overlap,
                thresholds.min_overlap);
  judge.AtLeast(absl::StrCat("rank-biased overlap", at_k),
                pair.rank_biased_overlap, thresholds.min_rank_biased_overlap);
  judge.AtLeast(absl::StrCat("recall", at_k), pair.after.recall,
                thresholds.min_recall);
  // Where one version could not be asked, its times are zero.
  Judge both(
      judge.subject(),
      pair.before.p99_microseconds > 0 && pair.after.p99_microseconds > 0,
      broken);
  both.AtMost("score drift", pair.score_drift, thresholds.max_score_drift);
  both.AtMost("p99 after over before",
              Ratio(pair.after.p99_microseconds, pair.before.p99_microseconds),
              thresholds.max_p99_ratio);
}

void JudgeTable(const TableComparison& pair,
                const ComparisonThresholds& thresholds,
                std::vector<std::string>* broken) {
  Judge judge(pair.table, /*known=*/true, broken);
  const auto rows = static_cast<double>(pair.before.rows);
  judge.AtMost("the share of lost ids",
               rows > 0 ? static_cast<double>(pair.ids_lost) / rows : 0,
               thresholds.max_lost_share);
  Judge norms(pair.table, pair.norm_ratio > 0, broken);
  norms.AtMost("norm ratio", pair.norm_ratio, thresholds.max_norm_ratio);
  if (thresholds.max_norm_ratio.has_value() && pair.norm_ratio > 0) {
    norms.AtLeast("norm ratio", pair.norm_ratio,
                  1 / *thresholds.max_norm_ratio);
  }
  judge.AtMost("memory after over before",
               Ratio(static_cast<double>(pair.after.memory_bytes),
                     static_cast<double>(pair.before.memory_bytes)),
               thresholds.max_memory_ratio);
}

}  // namespace

absl::Status CheckThresholds(const ComparisonThresholds& thresholds) {
  AKIN_RETURN_IF_ERROR(CheckShare("min_overlap", thresholds.min_overlap));
  AKIN_RETURN_IF_ERROR(CheckShare("min_rank_biased_overlap",
                                  thresholds.min_rank_biased_overlap));
  AKIN_RETURN_IF_ERROR(CheckShare("min_recall", thresholds.min_recall));
  AKIN_RETURN_IF_ERROR(CheckShare("max_lost_share", thresholds.max_lost_share));
  AKIN_RETURN_IF_ERROR(
      CheckFrom("max_score_drift", thresholds.max_score_drift, 0));
  AKIN_RETURN_IF_ERROR(
      CheckFrom("max_norm_ratio", thresholds.max_norm_ratio, 1));
  AKIN_RETURN_IF_ERROR(CheckRatio("max_p99_ratio", thresholds.max_p99_ratio));
  return CheckRatio("max_memory_ratio", thresholds.max_memory_ratio);
}

std::vector<std::string> BrokenThresholds(
    const Comparison& comparison, const ComparisonThresholds& thresholds) {
  std::vector<std::string> broken;
  if (!AnyOf(thresholds)) return broken;
  for (const std::string& lost : comparison.tables_lost) {
    broken.push_back(absl::StrCat(lost, ": version ", comparison.after,
                                  " has no such table, expected that of "
                                  "version ",
                                  comparison.before));
  }
  if (comparison.tables.empty()) {
    broken.push_back(absl::StrCat("versions ", comparison.before, " and ",
                                  comparison.after,
                                  " have no table in common, so nothing is "
                                  "known of their answers"));
  }
  absl::flat_hash_set<absl::string_view> judged;
  for (const TableComparison& pair : comparison.tables) {
    JudgeAnswers(pair, thresholds, &broken);
    if (judged.insert(pair.table).second) {
      JudgeTable(pair, thresholds, &broken);
    }
  }
  return broken;
}

}  // namespace akin
