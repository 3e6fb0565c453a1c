#include "index/query/score.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/query/check_options.h"
#include "index/query/near_ids.h"
#include "index/query/query_context.h"
#include "index/query/resolve.h"
#include "index/search/aligned_buffer.h"
#include "index/search/task_rows.h"

namespace akin {

absl::StatusOr<IdScores> ScoreIds(const Version& version,
                                  absl::string_view table, const Query& query,
                                  absl::Span<const absl::string_view> ids,
                                  const StopSignal* stop, bool fold_case) {
  AKIN_RETURN_IF_ERROR(CheckCount("the number of ids", ids.size(),
                                  kMaxBatchQueries, "max_batch_queries"));
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* target, version.FindTable(table));
  AKIN_ASSIGN_OR_RETURN(
      const ResolvedQuery resolved,
      WithNearIds(version, ResolveVector(version, *target, query)));
  const Table& source = target->table();
  const RowScores rows = ScoresOf(*target);
  AlignedBuffer<float> decoded;
  StopPoll poll(stop);
  IdScores answer;
  answer.scores.reserve(ids.size());
  answer.ids.reserve(ids.size());
  for (const absl::string_view id : ids) {
    const auto row = FindId(source.ids(), id, fold_case);
    answer.ids.push_back(row ? source.ids().Id(*row) : id);
    if (!row.has_value()) {
      answer.scores.push_back(std::numeric_limits<float>::quiet_NaN());
      answer.unknown_ids.push_back(id);
      continue;
    }
    const float score = rows.Score(resolved.vector.data(), *row, &decoded);
    answer.scores.push_back(AnsweredScore(source, score));
    if (poll.After(rows.row_bytes())) return CheckNotStopped(stop, source);
  }
  return answer;
}

absl::StatusOr<std::vector<float>> ScoreQueries(const Version& version,
                                                absl::string_view table,
                                                const Query& query,
                                                absl::Span<const Query> queries,
                                                const StopSignal* stop) {
  AKIN_RETURN_IF_ERROR(CheckCount("the number of queries", queries.size(),
                                  kMaxBatchQueries, "max_batch_queries"));
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* target, version.FindTable(table));
  AKIN_ASSIGN_OR_RETURN(
      const ResolvedQuery resolved,
      WithNearIds(version, ResolveVector(version, *target, query)));
  const Table& source = target->table();
  const RowScores rows = ScoresOf(*target);
  std::vector<float> scores;
  scores.reserve(queries.size());
  for (const Query& other : queries) {
    // Of many terms one query may take a millisecond.
    AKIN_RETURN_IF_ERROR(CheckNotStopped(stop, source));
    const auto vector =
        WithNearIds(version, ResolveVector(version, *target, other));
    if (!vector.ok()) {
      return Annotate(vector.status(),
                      absl::StrCat("query ", scores.size() + 1, " to score"));
    }
    float score;
    rows.ScoreVectors(resolved.vector.data(), vector->vector.data(), 1, &score);
    scores.push_back(AnsweredScore(source, score));
  }
  return scores;
}

}  // namespace akin
