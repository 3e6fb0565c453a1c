#include "index/query/search_rows.h"

#include <algorithm>
#include <utility>

#include "index/base/status_macros.h"
#include "index/query/cosmul.h"
#include "index/query/fuse.h"
#include "index/query/pool_size.h"

namespace akin {
namespace {

// Counts what a part took; the whole is exact only if all of it is.
void AddStats(const SearchStats& part, bool first, SearchStats* stats) {
  const bool exact = part.exact && (first || stats->exact);
  stats->Add(part);
  stats->exact = exact;
}

absl::StatusOr<Ranking> SearchVector(const QueryContext& context,
                                     const ResolvedQuery& resolved,
                                     const AllowedRows& allowed, size_t count) {
  const Table& table = context.target.table();
  AKIN_RETURN_IF_ERROR(CheckNotStopped(context.stop, table));
  SearchTask task = TaskFor(context, resolved, allowed, count);
  ChooseSearcher(context.target, context.options).Search(&task);
  if (task.stopped) return CheckNotStopped(context.stop, table);
  return RankingOf(std::move(task), allowed, count);
}

void KeepFirst(size_t count, Ranking* ranking) {
  if (ranking->rows.size() <= count) return;
  ranking->rows.resize(count);
  ranking->more = true;
  ranking->all = false;
}

// Every row is scored: an answer is then that of the product, and not of the
// rows that the sum finds.
absl::StatusOr<Ranking> ScanProduct(const QueryContext& context,
                                    const ProductScores& product,
                                    const AllowedRows& allowed, size_t count) {
  const Table& table = context.target.table();
  Ranking ranking;
  if (!product.Scan(allowed.set(), count + allowed.surplus(), context.stop,
                    &ranking.rows, &ranking.stats)) {
    return CheckNotStopped(context.stop, table);
  }
  allowed.TakeOutSurplus(&ranking.rows);
  ranking.all = ranking.rows.size() < count;
  ranking.more = !ranking.all;
  KeepFirst(count, &ranking);
  return ranking;
}

absl::StatusOr<Ranking> SearchProduct(const QueryContext& context,
                                      const ResolvedQuery& resolved,
                                      const AllowedRows& allowed,
                                      size_t count) {
  const Table& table = context.target.table();
  AKIN_RETURN_IF_ERROR(CheckNotStopped(context.stop, table));
  const ProductScores product(context.target, resolved.product);
  if (context.options.exact || resolved.vector.empty()) {
    return ScanProduct(context, product, allowed, count);
  }
  AKIN_ASSIGN_OR_RETURN(
      Ranking ranking,
      SearchVector(context, resolved, allowed, ProductCandidates(count)));
  if (!product.Rescore(context.stop, &ranking.rows, &ranking.stats)) {
    return CheckNotStopped(context.stop, table);
  }
  ranking.stats.exact = ranking.all;
  KeepFirst(count, &ranking);
  return ranking;
}

absl::StatusOr<Ranking> SearchParts(const QueryContext& context,
                                    const ResolvedQuery& resolved,
                                    const AllowedRows& allowed, size_t count) {
  const size_t depth = FusionDepth(*resolved.fusion, count);
  Ranking fused;
  RankFusion fusion(resolved.fusion->method, resolved.fusion->rank_constant);
  bool more = false;
  for (size_t i = 0; i < resolved.parts.size(); ++i) {
    AKIN_ASSIGN_OR_RETURN(
        const Ranking part,
        SearchRows(context, resolved.parts[i], allowed, depth));
    AddStats(part.stats, i == 0, &fused.stats);
    fusion.Add(part.rows, resolved.fusion->parts[i].weight);
    // Who has all rows has those of the other parts too.
    fused.all = fused.all || part.all;
    more = more || part.more;
  }
  AKIN_RETURN_IF_ERROR(CheckNotStopped(context.stop, context.target.table()));
  const size_t candidates = fusion.candidates();
  fused.rows = fusion.Take(count);
  fused.all = fused.all && candidates <= count;
  const bool deeper = resolved.fusion->depth == 0 && depth < kMaxPool && more;
  fused.more = candidates > count || deeper;
  return fused;
}

}  // namespace

const Searcher& ChooseSearcher(const IndexedTable& target,
                               const SearchOptions& options) {
  return options.exact ? target.exact() : target.index();
}

SearchTask TaskFor(const QueryContext& context, const ResolvedQuery& resolved,
                   const AllowedRows& allowed, size_t count) {
  SearchTask task;
  task.k = count + allowed.surplus();
  task.query = resolved.vector;
  task.query_table = resolved.query_table;
  task.target_recall = context.options.target_recall;
  task.effort_factor = context.options.effort_factor;
  task.allowed = allowed.set();
  task.stop = context.stop;
  return task;
}

Ranking RankingOf(SearchTask task, const AllowedRows& allowed, size_t count) {
  Ranking ranking;
  ranking.stats = task.stats;
  ranking.rows = std::move(task.neighbors);
  allowed.TakeOutSurplus(&ranking.rows);
  ranking.all = ranking.rows.size() < count;
  ranking.more = !ranking.all;
  if (!ranking.all) ranking.rows.resize(count);
  return ranking;
}

absl::StatusOr<Ranking> SearchRows(const QueryContext& context,
                                   const ResolvedQuery& resolved,
                                   const AllowedRows& allowed, size_t count) {
  if (resolved.fusion != nullptr) {
    return SearchParts(context, resolved, allowed, count);
  }
  if (!resolved.product.empty()) {
    return SearchProduct(context, resolved, allowed, count);
  }
  return SearchVector(context, resolved, allowed, count);
}

}  // namespace akin
