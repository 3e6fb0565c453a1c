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
#include "index/base/spelling.h"
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
        "the query is empty, expected a vector, an id or a combination");
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
    AKIN_RETURN_IF_ERROR(
        CheckTerms(combination.plus.size() + combination.minus.size()));
    std::vector<double> sum(target_.dimension(), 0.0);
    double length = 0;  // of the terms, were they all parallel
    for (const Term& term : combination.plus) {
      AKIN_RETURN_IF_ERROR(AddTerm(term, +1, &sum, &length));
    }
    for (const Term& term : combination.minus) {
      AKIN_RETURN_IF_ERROR(AddTerm(term, -1, &sum, &length));
    }
    return FinishSum(sum, length);
  }

 private:
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
                          FindRow(version_, *source, ref.id));
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

  absl::Status AddTerm(const Term& term, double sign, std::vector<double>* sum,
                       double* length) {
    if (!std::isfinite(term.weight) || term.weight < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("a term's weight is ", term.weight,
                       ", expected a finite number that is not negative"));
    }
    AKIN_RETURN_IF_ERROR(AppendOperand(term.operand));
    const double weight = sign * static_cast<double>(term.weight);
    double squares = 0;
    for (size_t i = 0; i < sum->size(); ++i) {
      const double value = resolved_.vector[i];
      (*sum)[i] += weight * value;
      squares += value * value;
    }
    *length += std::abs(weight) * std::sqrt(squares);
    return absl::OkStatus();
  }

  absl::StatusOr<ResolvedQuery> FinishSum(const std::vector<double>& sum,
                                          double length) {
    double squares = 0;
    for (const double value : sum) squares += value * value;
    const double norm = std::sqrt(squares);
    if (cosine() && norm <= kCancelled * length) {
      return absl::InvalidArgumentError(
          "the terms of the combination cancel out; a zero vector has no "
          "direction for cosine");
    }
    if (!cosine()) AKIN_RETURN_IF_ERROR(CheckLength(norm));
    const double scale = cosine() ? 1 / norm : 1;
    for (size_t i = 0; i < sum.size(); ++i) {
      resolved_.vector[i] = static_cast<float>(sum[i] * scale);
    }
    return std::move(resolved_);
  }

  const Version& version_;
  const Table& target_;
  ResolvedQuery resolved_;
  bool placed_ = false;  // resolved_.query_table is set
};

}  // namespace

absl::StatusOr<ResolvedQuery> ResolveQuery(const Version& version,
                                           const IndexedTable& target,
                                           const Query& query) {
  return std::visit(Resolver(version, target.table()), query);
}

absl::StatusOr<uint32_t> FindRow(const Version& version, const Table& table,
                                 absl::string_view id) {
  if (id.empty() || id.size() > kMaxIdBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "an id has ", id.size(), " bytes, expected 1 to ", kMaxIdBytes));
  }
  if (const std::optional<uint32_t> row = table.ids().Find(id)) return *row;
  return UnknownNameError("id", id,
                          absl::StrCat("table ", TableName(version, table)),
                          NearSpellings(id, [&](absl::string_view near) {
                            return table.ids().Find(near).has_value();
                          }));
}

}  // namespace akin
