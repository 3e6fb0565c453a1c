#include "index/query/run_query.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/query/answer_query.h"
#include "index/query/check_options.h"
#include "index/query/diversify.h"
#include "index/query/filter.h"
#include "index/query/group.h"
#include "index/query/ladder.h"
#include "index/query/near_ids.h"
#include "index/query/pool_size.h"
#include "index/query/shortfall.h"

namespace akin {
namespace {

// A fused or multiplied score is none of the metric.
bool HasMetricScores(const ResolvedQuery& resolved) {
  return resolved.fusion == nullptr && resolved.product.empty();
}

Answer Respond(const QueryContext& context, const AllowedRows& allowed,
               const RowTally& tally, const std::vector<Neighbor>& rows,
               const SearchStats& stats, bool metric_scores) {
  Answer answer;
  answer.shortfall =
      ExplainShortfall(context.target.table(), context.options, context.rules,
                       allowed.excluded(), tally, rows.size());
  answer.stats = stats;
  answer.hits = HitsOf(context, rows, metric_scores);
  return answer;
}

}  // namespace

// convert: server/convert. pin: the caller, and here the table.
absl::StatusOr<Answer> RunQuery(const Version& version, absl::string_view table,
                                const Query& query,
                                const SearchOptions& options,
                                const StopSignal* stop) {
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* target, version.FindTable(table));
  AKIN_RETURN_IF_ERROR(CheckOptions(options, target->table(), 1));
  AKIN_ASSIGN_OR_RETURN(const RowRules rules,
                        ReadRowRules(version, *target, options, stop));
  return WithNearIds(
      version, AnswerQuery({version, *target, options, rules, stop}, query));
}

// resolve.
absl::StatusOr<Answer> AnswerQuery(const QueryContext& context,
                                   const Query& query) {
  if (const auto* ladder = std::get_if<FirstOf>(&query)) {
    return ClimbLadder(context, *ladder);
  }
  AKIN_RETURN_IF_ERROR(CheckNotStopped(context.stop, context.target.table()));
  AKIN_ASSIGN_OR_RETURN(const ResolvedQuery resolved,
                        ResolveQuery(context.version, context.target, query));
  return AnswerResolved(context, resolved);
}

absl::StatusOr<Answer> AnswerResolved(const QueryContext& context,
                                      const ResolvedQuery& resolved) {
  const SearchOptions& options = context.options;
  const Table& table = context.target.table();
  const AllowedRows allowed(context.rules, resolved.own_rows, table.rows(),
                            options.k);
  const size_t wanted = RowsWanted(options);
  Ranking found;
  RowTally tally;
  SearchStats before;  // of the searches that brought too few
  for (size_t count = FirstCount(options);;
       count = std::min(kPoolGrowth * count, kMostPooled)) {
    // search, filter, fuse.
    AKIN_ASSIGN_OR_RETURN(found, SearchRows(context, resolved, allowed, count));
    found.stats.Add(before);
    tally.candidates = found.rows.size();
    tally.all = found.all;
    tally.low_score = DropLowScores(options.min_score, &found.rows);
    // group.
    if (!options.group_by.has_value()) break;
    tally.groups =
        KeepGroups(context.rules.group, options.group_by->most, &found.rows);
    const bool more = found.more && !tally.low_score && count < kMostPooled;
    if (found.rows.size() >= wanted || !more) break;
    before = found.stats;
  }
  const bool metric_scores = HasMetricScores(resolved);
  // diversify.
  if (found.rows.size() > wanted) found.rows.resize(wanted);
  if (options.diversity.has_value()) {
    AKIN_RETURN_IF_ERROR(CheckNotStopped(context.stop, table));
    if (!Diversify(context.target, options.diversity->lambda, metric_scores,
                   options.k, context.stop, &found.rows)) {
      return CheckNotStopped(context.stop, table);
    }
  }
  // respond.
  return Respond(context, allowed, tally, found.rows, found.stats,
                 metric_scores);
}

bool IsPlain(const Query& query, const SearchOptions& options) {
  if (options.diversity.has_value() || options.group_by.has_value()) {
    return false;
  }
  if (const auto* combination = std::get_if<Combination>(&query)) {
    return combination->method != CombinationMethod::kMul;
  }
  return !std::holds_alternative<Fusion>(query) &&
         !std::holds_alternative<FirstOf>(query);
}

Answer AnswerPlain(const QueryContext& context, const AllowedRows& allowed,
                   Ranking found) {
  RowTally tally;
  tally.candidates = found.rows.size();
  tally.all = found.all;
  tally.low_score = DropLowScores(context.options.min_score, &found.rows);
  return Respond(context, allowed, tally, found.rows, found.stats,
                 /*metric_scores=*/true);
}

namespace {

std::vector<HitAttribute> AttributesOf(const Attributes& attributes,
                                       uint32_t row) {
  std::vector<HitAttribute> found;
  for (const AttributeColumn& column : attributes.columns()) {
    std::vector<AttributeValue> values;
    column.AppendValues(row, &values);
    if (values.empty()) continue;
    found.push_back({column.name(), column.type(), std::move(values)});
  }
  return found;
}

}  // namespace

std::vector<Hit> HitsOf(const QueryContext& context,
                        const std::vector<Neighbor>& rows, bool metric_scores) {
  const Table& table = context.target.table();
  for (const Neighbor& near : rows) table.ids().PrefetchPlace(near.row);
  for (const Neighbor& near : rows) table.ids().PrefetchBytes(near.row);
  std::vector<Hit> hits;
  hits.reserve(rows.size());
  for (const Neighbor& near : rows) {
    Hit& hit = hits.emplace_back(
        Hit{table.ids().Id(near.row),
            metric_scores ? AnsweredScore(table, near.score) : near.score,
            {}});
    if (context.options.return_vectors) {
      hit.vector.resize(table.dimension());
      table.CopyOriginal(near.row, absl::MakeSpan(hit.vector));
    }
    const Attributes* attributes = context.target.attributes();
    if (context.options.return_attributes && attributes != nullptr) {
      hit.attributes = AttributesOf(*attributes, near.row);
    }
  }
  return hits;
}

absl::StatusOr<std::vector<StoredVector>> GetVectors(
    const Version& version, absl::string_view table,
    absl::Span<const absl::string_view> ids, bool fold_case) {
  AKIN_RETURN_IF_ERROR(CheckCount("the number of ids", ids.size(),
                                  kMaxBatchQueries, "max_batch_queries"));
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* target, version.FindTable(table));
  const Table& source = target->table();
  AKIN_RETURN_IF_ERROR(
      CheckAnswerBytes(ids.size() * source.dimension() * sizeof(float)));
  std::vector<StoredVector> vectors;
  vectors.reserve(ids.size());
  for (const absl::string_view id : ids) {
    AKIN_ASSIGN_OR_RETURN(
        const uint32_t row,
        WithNearIds(version, FindRow(version, source, id, fold_case)));
    StoredVector& stored = vectors.emplace_back();
    stored.id = source.ids().Id(row);
    stored.values.resize(source.dimension());
    source.CopyOriginal(row, absl::MakeSpan(stored.values));
  }
  return vectors;
}

}  // namespace akin
