#include "index/query/resolve.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "index/base/error_facts.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/query/check_options.h"
#include "index/search/calibration.h"
#include "index/table/query_vector.h"
#include "index/table/table_builder.h"

namespace akin {
namespace {

// A sum this much shorter than its terms is rounding, not a direction.
constexpr double kCancelled = 1e-6;

std::string TableName(const Version& version, const Table& table) {
  return absl::StrCat(version.model(), "/", table.name());
}

// Turns queries against one target into vectors.
class Resolver {
 public:
  Resolver(const Version& version, const Table& target)
      : version_(version), target_(target) {}

  absl::StatusOr<ResolvedQuery> operator()(std::monostate) {
    return absl::InvalidArgumentError(
        "the query is empty, expected a vector, an id, a combination, a "
        "fusion or a ladder (first_of)");
  }

  absl::StatusOr<ResolvedQuery> operator()(absl::Span<const float> vector) {
    AKIN_RETURN_IF_ERROR(AppendOperand(vector));
    return std::move(resolved_);
  }

  absl::StatusOr<ResolvedQuery> operator()(const ItemRef& ref) {
    AKIN_RETURN_IF_ERROR(AppendOperand(ref));
    return std::move(resolved_);
  }

  absl::StatusOr<ResolvedQuery> operator()(const Combination& combination) {
    combination_ = &combination;
    AKIN_RETURN_IF_ERROR(
        CheckTerms(combination.plus.size() + combination.minus.size()));
    AKIN_RETURN_IF_ERROR(BeginProduct());
    TermSum sum(target_.dimension());
    for (const Term& term : combination.plus) {
      AKIN_RETURN_IF_ERROR(AddTerm(term, +1, &sum));
    }
    resolved_.product.plus = resolved_.product.weights.size();
    for (const Term& term : combination.minus) {
      AKIN_RETURN_IF_ERROR(AddTerm(term, -1, &sum));
    }
    if (sum.terms == 0) return first_unknown_;
    if (combination.keep_inputs) resolved_.own_rows.clear();
    return FinishSum(sum);
  }

  absl::StatusOr<ResolvedQuery> operator()(const Fusion& fusion) {
    AKIN_RETURN_IF_ERROR(CheckFusion(fusion));
    resolved_.fusion = &fusion;
    resolved_.parts.reserve(fusion.parts.size());
    for (const FusionPart& part : fusion.parts) {
      absl::StatusOr<ResolvedQuery> resolved =
          std::visit(Resolver(version_, target_), part.query);
      if (!resolved.ok()) {
        return Annotate(resolved.status(),
                        absl::StrCat("part ", &part - fusion.parts.data() + 1,
                                     " of the fusion"));
      }
      resolved_.own_rows.insert(resolved_.own_rows.end(),
                                resolved->own_rows.begin(),
                                resolved->own_rows.end());
      resolved_.parts.push_back(*std::move(resolved));
    }
    return std::move(resolved_);
  }

  absl::StatusOr<ResolvedQuery> operator()(const FirstOf&) {
    return absl::InvalidArgumentError(
        "a ladder (first_of) is not searched for as a whole; expected a "
        "vector, an id, a combination or a fusion");
  }

 private:
  // The terms of a combination, added up.
  struct TermSum {
    explicit TermSum(size_t dimension) : values(dimension, 0.0) {}

    std::vector<double> values;
    double length = 0;  // of the terms, were they all parallel
    double weights = 0;
    size_t terms = 0;
  };

  bool cosine() const { return target_.metric() == Metric::kCosine; }

  // Puts the operand's vector into resolved_.vector and, if it is a row of the
  // target, that row into resolved_.own_rows.
  absl::Status AppendOperand(const Operand& operand) {
    if (const auto* ref = std::get_if<ItemRef>(&operand))
      return SetToItem(*ref);
    return SetToVector(std::get<absl::Span<const float>>(operand));
  }

  absl::Status SetToVector(absl::Span<const float> vector) {
    AKIN_RETURN_IF_ERROR(CheckDimension("the query", vector.size()));
    if (const int64_t at = FindNotFinite(vector); at >= 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("the query has ", vector[at], " as number ", at + 1,
                       ", expected finite numbers"));
    }
    SetOrigin(kAnyTable);
    resolved_.vector.assign(vector.begin(), vector.end());
    if (!cosine()) return CheckLength(Length(vector));
    if (Normalise(absl::MakeSpan(resolved_.vector)) == 0) {
      return absl::InvalidArgumentError(
          "the query is a zero vector, which has no direction for cosine");
    }
    return absl::OkStatus();
  }

  absl::Status SetToItem(const ItemRef& ref) {
    const Table* source = &target_;
    if (!ref.table.empty()) {
      AKIN_ASSIGN_OR_RETURN(const IndexedTable* table,
                            version_.FindTable(ref.table));
      source = &table->table();
    }
    AKIN_ASSIGN_OR_RETURN(const uint32_t row,
                          FindRow(version_, *source, ref.id, ref.fold_case));
    // Names are put together only for an error.
    if (source->dimension() != target_.dimension()) {
      return CheckDimension(
          absl::StrCat("table ", TableName(version_, *source)),
          source->dimension());
    }
    if (source == &target_) resolved_.own_rows.push_back(row);
    SetOrigin(source == &target_ ? absl::string_view() : source->name());
    resolved_.vector.resize(source->dimension());
    const double length = CopyQueryVector(*source, row, target_.metric(),
                                          absl::MakeSpan(resolved_.vector));
    if (!cosine()) return CheckLength(length);
    if (length == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("the vector of \"", ref.id, "\" in table ",
                       TableName(version_, *source),
                       " is zero, which has no direction for cosine"));
    }
    return absl::OkStatus();
  }

  void SetOrigin(absl::string_view table) {
    resolved_.query_table =
        !placed_ || resolved_.query_table == table ? table : kAnyTable;
    placed_ = true;
  }

  // Under dot and l2: scores of longer queries would not fit into a float.
  static absl::Status CheckLength(double length) {
    if (length <= kMaxComparedLength) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("the query has a length of ", length,
                     ", expected at most ", kMaxComparedLength));
  }

  absl::Status CheckDimension(absl::string_view what, size_t actual) const {
    if (actual == target_.dimension()) return absl::OkStatus();
    return WithFacts(
        absl::InvalidArgumentError(absl::StrCat(
            "table ", TableName(version_, target_), " has ",
            target_.dimension(), " dimensions, ", what, " has ", actual)),
        DimensionMismatch{target_.dimension(), static_cast<uint32_t>(actual)});
  }

  absl::Status BeginProduct() {
    if (combination_->method != CombinationMethod::kMul || cosine()) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "3CosMul multiplies cosines, table ", TableName(version_, target_),
        " has the metric ", MetricName(target_.metric())));
  }

  // Whether the term is to be left out because its id is not there.
  absl::StatusOr<bool> Skips(const Term& term) {
    const auto* ref = std::get_if<ItemRef>(&term.operand);
    if (!combination_->skip_unknown || ref == nullptr) return false;
    // Of no such id is it said what is wrong with it.
    if (ref->id.empty() || ref->id.size() > kMaxIdBytes) return false;
    const Table* source = &target_;
    if (!ref->table.empty()) {
      AKIN_ASSIGN_OR_RETURN(const IndexedTable* table,
                            version_.FindTable(ref->table));
      source = &table->table();
    }
    if (FindId(source->ids(), ref->id, ref->fold_case).has_value()) {
      return false;
    }
    if (first_unknown_.ok()) {
      first_unknown_ =
          FindRow(version_, *source, ref->id, ref->fold_case).status();
    }
    return true;
  }

  absl::Status AddTerm(const Term& term, double sign, TermSum* sum) {
    if (!std::isfinite(term.weight) || term.weight < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("a term's weight is ", term.weight,
                       ", expected a finite number that is not negative"));
    }
    AKIN_ASSIGN_OR_RETURN(const bool skips, Skips(term));
    if (skips) return absl::OkStatus();
    AKIN_RETURN_IF_ERROR(AppendOperand(term.operand));
    const double weight = sign * static_cast<double>(term.weight);
    double squares = 0;
    for (size_t i = 0; i < sum->values.size(); ++i) {
      const double value = resolved_.vector[i];
      sum->values[i] += weight * value;
      squares += value * value;
    }
    sum->length += std::abs(weight) * std::sqrt(squares);
    sum->weights += std::abs(weight);
    ++sum->terms;
    if (combination_->method == CombinationMethod::kMul) {
      ProductTerms& product = resolved_.product;
      product.vectors.insert(product.vectors.end(), resolved_.vector.begin(),
                             resolved_.vector.end());
      product.weights.push_back(term.weight);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ResolvedQuery> FinishSum(const TermSum& sum) {
    double squares = 0;
    for (const double value : sum.values) squares += value * value;
    const double norm = std::sqrt(squares);
    if (cosine() && norm <= kCancelled * sum.length) {
      if (!resolved_.product.empty() && sum.length > 0) {
        resolved_.vector.clear();  // a product needs no direction
        return std::move(resolved_);
      }
      return absl::InvalidArgumentError(
          "the terms of the combination cancel out; a zero vector has no "
          "direction for cosine");
    }
    double scale = cosine() ? 1 / norm : 1;
    if (!cosine() && combination_->method == CombinationMethod::kMean) {
      if (sum.weights == 0) {
        return absl::InvalidArgumentError(
            "the weights of the combination are all 0 and have no mean");
      }
      scale = 1 / sum.weights;
    }
    if (!cosine()) AKIN_RETURN_IF_ERROR(CheckLength(norm * scale));
    for (size_t i = 0; i < sum.values.size(); ++i) {
      resolved_.vector[i] = static_cast<float>(sum.values[i] * scale);
    }
    return std::move(resolved_);
  }

  const Version& version_;
  const Table& target_;
  ResolvedQuery resolved_;
  bool placed_ = false;  // resolved_.query_table is set
  const Combination* combination_ = nullptr;
  absl::Status first_unknown_;  // of the terms that were left out
};

}  // namespace

absl::StatusOr<ResolvedQuery> ResolveQuery(const Version& version,
                                           const IndexedTable& target,
                                           const Query& query) {
  return std::visit(Resolver(version, target.table()), query);
}

absl::StatusOr<ResolvedQuery> ResolveVector(const Version& version,
                                            const IndexedTable& target,
                                            const Query& query) {
  AKIN_ASSIGN_OR_RETURN(ResolvedQuery resolved,
                        ResolveQuery(version, target, query));
  if (resolved.fusion == nullptr && resolved.product.empty()) return resolved;
  return absl::InvalidArgumentError(absl::StrCat(
      resolved.fusion != nullptr ? "a fusion" : "3CosMul",
      " has no vector; expected a vector, an id or a sum or mean of them"));
}

absl::StatusOr<uint32_t> FindRow(const Version& version, const Table& table,
                                 absl::string_view id, bool fold_case) {
  if (id.empty() || id.size() > kMaxIdBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "an id has ", id.size(), " bytes, expected 1 to ", kMaxIdBytes));
  }
  if (const auto row = FindId(table.ids(), id, fold_case)) return *row;
  return WithFacts(
      UnknownNameError("id", id,
                       absl::StrCat("table ", TableName(version, table)), {}),
      UnknownName{std::string(id), {}, table.name()});
}

std::optional<uint32_t> FindId(const IdMap& ids, absl::string_view id,
                               bool fold_case) {
  // Longer ones are in no table, and cost as much as they are long to fold.
  if (!fold_case || id.size() > kMaxIdBytes) return ids.Find(id);
  return ids.FindFolded(id);
}

}  // namespace akin
