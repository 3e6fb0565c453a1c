#include "index/query/ladder.h"

#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/query/answer_query.h"
#include "index/query/check_options.h"
#include "index/query/group.h"

namespace akin {
namespace {

// NOT_FOUND: a table that a query names. What else is not found is then an id.
class TableCheck {
 public:
  explicit TableCheck(const Version& version) : version_(version) {}

  absl::Status operator()(std::monostate) const { return absl::OkStatus(); }
  absl::Status operator()(absl::Span<const float>) const {
    return absl::OkStatus();
  }
  absl::Status operator()(const ItemRef& ref) const {
    if (ref.table.empty()) return absl::OkStatus();
    return version_.FindTable(ref.table).status();
  }
  absl::Status operator()(const Combination& combination) const {
    for (const auto* terms : {&combination.plus, &combination.minus}) {
      for (const Term& term : *terms) {
        AKIN_RETURN_IF_ERROR(std::visit(*this, term.operand));
      }
    }
    return absl::OkStatus();
  }
  absl::Status operator()(const Fusion& fusion) const {
    for (const FusionPart& part : fusion.parts) {
      AKIN_RETURN_IF_ERROR(std::visit(*this, part.query));
    }
    return absl::OkStatus();
  }
  absl::Status operator()(const FirstOf& ladder) const {
    for (const QueryCase& rung : ladder.queries) {
      AKIN_RETURN_IF_ERROR(std::visit(*this, rung.query));
    }
    return absl::OkStatus();
  }

 private:
  const Version& version_;
};

// The rows of the fallback ids that may be hits, in their order, each once.
std::vector<Neighbor> FallbackRows(const QueryContext& context,
                                   const FirstOf& ladder) {
  const Table& table = context.target.table();
  const AllowedRows allowed(context.rules, {}, table.rows(), context.options.k);
  RowSet seen(table.rows());
  std::vector<Neighbor> rows;
  for (const absl::string_view id : ladder.fallback_ids) {
    const auto row = table.ids().Find(id);
    if (!row.has_value() || seen.Contains(*row)) continue;
    seen.Add(*row);
    if (allowed.Contains(*row)) rows.push_back({*row, 0});
  }
  if (context.options.group_by.has_value()) {
    KeepGroups(context.rules.group, context.options.group_by->most, &rows);
  }
  return rows;
}

Answer AnswerFallback(const QueryContext& context, const FirstOf& ladder) {
  std::vector<Neighbor> rows = FallbackRows(context, ladder);
  const size_t found = rows.size();
  if (found > context.options.k) rows.resize(context.options.k);
  Answer answer;
  answer.hits = HitsOf(context, rows, /*metric_scores=*/false);
  if (found < context.options.k) {
    answer.shortfall = Shortfall{
        static_cast<uint32_t>(context.options.k - found),
        Shortfall::Reason::kCandidates,
        absl::StrCat("no query could be answered, and ", found, " of ",
                     ladder.fallback_ids.size(), " fallback ids may be hits")};
  }
  answer.rung = static_cast<uint32_t>(ladder.queries.size() + 1);
  return answer;
}

}  // namespace

absl::StatusOr<Answer> ClimbLadder(const QueryContext& context,
                                   const FirstOf& ladder) {
  AKIN_RETURN_IF_ERROR(CheckLadder(ladder));
  AKIN_RETURN_IF_ERROR(TableCheck(context.version)(ladder));
  absl::Status unknown;
  for (size_t i = 0; i < ladder.queries.size(); ++i) {
    absl::StatusOr<Answer> answer =
        AnswerQuery(context, ladder.queries[i].query);
    if (answer.ok()) {
      answer->rung = static_cast<uint32_t>(i + 1);
      return answer;
    }
    if (!absl::IsNotFound(answer.status())) {
      return Annotate(answer.status(),
                      absl::StrCat("query ", i + 1, " of the ladder"));
    }
    unknown = answer.status();
  }
  if (!ladder.fallback_ids.empty()) return AnswerFallback(context, ladder);
  return Annotate(unknown, absl::StrCat("none of the ", ladder.queries.size(),
                                        " queries of the ladder can be "
                                        "answered; the last"));
}

}  // namespace akin
