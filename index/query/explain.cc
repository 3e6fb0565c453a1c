#include "index/query/explain.h"

#include <algorithm>
#include <array>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "index/base/status_macros.h"
#include "index/query/answer_query.h"
#include "index/query/check_options.h"
#include "index/query/cosmul.h"
#include "index/query/filter.h"
#include "index/query/fuse.h"
#include "index/query/near_ids.h"
#include "index/query/pool_size.h"
#include "index/search/aligned_buffer.h"
#include "index/search/task_rows.h"

namespace akin {
namespace {

constexpr size_t kBlockRows = 256;

// Where a row stands.
struct Place {
  float score = 0;
  uint64_t better = 0;          // among all rows but the query's own
  uint64_t better_allowed = 0;  // of them, those that may be hits
};

// What it takes to place one row among others.
struct Placing {
  const QueryContext& context;
  const ResolvedQuery& resolved;
  const AllowedRows& allowed;
  std::vector<uint32_t> own_rows;  // sorted
  uint32_t row;
};

void Count(const Placing& placing, const Neighbor& other, Place* place) {
  if (!Better(other, {placing.row, place->score})) return;
  if (std::binary_search(placing.own_rows.begin(), placing.own_rows.end(),
                         other.row)) {
    return;
  }
  ++place->better;
  if (placing.allowed.Contains(other.row)) ++place->better_allowed;
}

// By the scores of all rows, which `score` writes for a block of them:
// score(begin, count, scores).
template <class Score>
absl::StatusOr<Place> PlaceAmongAll(const Placing& placing,
                                    size_t bytes_per_row, const Score& score) {
  const Table& table = placing.context.target.table();
  std::array<float, kBlockRows> scores;
  StopPoll poll(placing.context.stop);
  Place place;
  score(placing.row, 1, &place.score);
  for (size_t begin = 0; begin < table.rows(); begin += kBlockRows) {
    const size_t count = std::min(kBlockRows, table.rows() - begin);
    score(static_cast<uint32_t>(begin), count, scores.data());
    for (size_t i = 0; i < count; ++i) {
      Count(placing, {static_cast<uint32_t>(begin + i), scores[i]}, &place);
    }
    if (poll.After(count * bytes_per_row)) {
      return CheckNotStopped(placing.context.stop, table);
    }
  }
  return place;
}

// A fusion scores its candidates; who is none of them has 0.
absl::StatusOr<Place> PlaceInFusion(const Placing& placing) {
  const QueryContext& context = placing.context;
  const Table& table = context.target.table();
  SearchOptions exact = context.options;
  exact.exact = true;
  const RowRules all;
  const QueryContext unfiltered{context.version, context.target, exact, all,
                                context.stop};
  const AllowedRows not_own(all, placing.own_rows, table.rows(), exact.k);
  const Fusion& fusion = *placing.resolved.fusion;
  const size_t depth = FusionDepth(fusion, FirstCount(exact));
  RankFusion fused(fusion.method, fusion.rank_constant);
  for (size_t i = 0; i < placing.resolved.parts.size(); ++i) {
    AKIN_ASSIGN_OR_RETURN(
        const Ranking part,
        SearchRows(unfiltered, placing.resolved.parts[i], not_own, depth));
    fused.Add(part.rows, fusion.parts[i].weight);
  }
  const std::vector<Neighbor> candidates = fused.Take(fused.candidates());
  Place place;
  for (const Neighbor& near : candidates) {
    if (near.row == placing.row) place.score = near.score;
  }
  std::vector<float> scores(table.rows(), 0.0f);
  for (const Neighbor& near : candidates) scores[near.row] = near.score;
  StopPoll poll(context.stop);
  for (size_t row = 0; row < scores.size(); ++row) {
    if (poll.After(sizeof(float))) return CheckNotStopped(context.stop, table);
    Count(placing, {static_cast<uint32_t>(row), scores[row]}, &place);
  }
  return place;
}

absl::StatusOr<Place> FindPlace(const Placing& placing) {
  const ResolvedQuery& resolved = placing.resolved;
  if (resolved.fusion != nullptr) return PlaceInFusion(placing);
  const RowScores rows = ScoresOf(placing.context.target);
  const size_t row_bytes = rows.dimension() * sizeof(float);
  AlignedBuffer<float> decoded;
  if (!resolved.product.empty()) {
    const ProductScores product(placing.context.target, resolved.product);
    return PlaceAmongAll(placing, row_bytes * resolved.product.weights.size(),
                         [&](uint32_t begin, size_t count, float* scores) {
                           product.Score(begin, count, &decoded, scores);
                         });
  }
  return PlaceAmongAll(
      placing, row_bytes, [&](uint32_t begin, size_t count, float* scores) {
        rows.ScoreVectors(resolved.vector.data(),
                          rows.Vectors(begin, count, &decoded), count, scores);
      });
}

bool Has(const Answer& answer, absl::string_view id) {
  return std::any_of(answer.hits.begin(), answer.hits.end(),
                     [&](const Hit& hit) { return hit.id == id; });
}

bool HasRow(const std::vector<uint32_t>& sorted, uint32_t row) {
  return std::binary_search(sorted.begin(), sorted.end(), row);
}

// What is known without another search.
std::vector<Obstacle> PlainObstacles(const Placing& placing,
                                     const Place& place) {
  const QueryContext& context = placing.context;
  std::vector<Obstacle> obstacles;
  if (place.better_allowed >= context.options.k) {
    obstacles.push_back(Obstacle::kRank);
  }
  if (HasRow(placing.own_rows, placing.row)) {
    obstacles.push_back(Obstacle::kInput);
  }
  if (HasRow(context.rules.excluded, placing.row)) {
    obstacles.push_back(Obstacle::kExcluded);
  }
  if (context.rules.matching.has_value() &&
      !context.rules.matching->Contains(placing.row)) {
    obstacles.push_back(Obstacle::kFilter);
  }
  if (context.options.min_score.has_value() &&
      place.score < *context.options.min_score) {
    obstacles.push_back(Obstacle::kMinScore);
  }
  return obstacles;
}

// The row might be a hit and is none: the index, or what is chosen from the
// candidates.
absl::StatusOr<Obstacle> HiddenObstacle(const Placing& placing,
                                        absl::string_view id) {
  SearchOptions exact = placing.context.options;
  exact.exact = true;
  const QueryContext& context = placing.context;
  const QueryContext all_rows{context.version, context.target, exact,
                              context.rules, context.stop};
  AKIN_ASSIGN_OR_RETURN(const Answer answer,
                        AnswerResolved(all_rows, placing.resolved));
  if (Has(answer, id)) return Obstacle::kIndex;
  return exact.diversity.has_value() || exact.group_by.has_value()
             ? Obstacle::kDiversity
             : Obstacle::kRank;
}

absl::string_view Because(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::kRank:
      return "k better ones may be in the answer";
    case Obstacle::kInput:
      return "the query names it";
    case Obstacle::kExcluded:
      return "it is excluded";
    case Obstacle::kFilter:
      return "the filter does not hold for it";
    case Obstacle::kMinScore:
      return "it scores below min_score";
    case Obstacle::kIndex:
      return "the search as asked misses it, an exact one does not";
    case Obstacle::kDiversity:
      return "diversity or a full group leaves it out";
  }
  return "";
}

std::string Sentence(const Placing& placing, const Explanation& explained,
                     absl::string_view id) {
  const Table& table = placing.context.target.table();
  std::string because;
  if (explained.found) {
    because = "it is in the answer";
  } else {
    because =
        absl::StrCat("it is not in the answer: ",
                     absl::StrJoin(explained.obstacles, ", and ",
                                   [](std::string* out, Obstacle obstacle) {
                                     absl::StrAppend(out, Because(obstacle));
                                   }));
  }
  return absl::StrCat("\"", id, "\" scores ", explained.score,
                      " and is number ", explained.rank, " of ",
                      table.rows() - placing.own_rows.size() +
                          (HasRow(placing.own_rows, placing.row) ? 1 : 0),
                      " ids; ", because);
}

// The query of a ladder that answers, or the query itself.
absl::StatusOr<const Query*> QueryThatAnswers(const Query& query,
                                              const Answer& answer) {
  const auto* ladder = std::get_if<FirstOf>(&query);
  if (ladder == nullptr) return &query;
  if (answer.rung <= ladder->queries.size()) {
    return &ladder->queries[answer.rung - 1].query;
  }
  return absl::NotFoundError(
      "no query of the ladder can be answered, and its fallback ids have "
      "neither score nor rank to explain");
}

}  // namespace

absl::StatusOr<Explanation> Explain(const Version& version,
                                    absl::string_view table, const Query& query,
                                    const SearchOptions& options,
                                    const ItemRef& item,
                                    const StopSignal* stop) {
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* target, version.FindTable(table));
  AKIN_RETURN_IF_ERROR(CheckOptions(options, target->table(), 1));
  AKIN_ASSIGN_OR_RETURN(const RowRules rules,
                        ReadRowRules(version, *target, options, stop));
  return WithNearIds(
      version,
      ExplainQuery({version, *target, options, rules, stop}, query, item));
}

absl::StatusOr<Explanation> ExplainQuery(const QueryContext& context,
                                         const Query& query,
                                         const ItemRef& item) {
  const Table& table = context.target.table();
  AKIN_ASSIGN_OR_RETURN(const uint32_t row, FindRow(context.version, table,
                                                    item.id, item.fold_case));
  const absl::string_view id = table.ids().Id(row);
  AKIN_ASSIGN_OR_RETURN(const Answer answer, AnswerQuery(context, query));
  AKIN_ASSIGN_OR_RETURN(const Query* answered, QueryThatAnswers(query, answer));
  AKIN_ASSIGN_OR_RETURN(
      const ResolvedQuery resolved,
      ResolveQuery(context.version, context.target, *answered));
  const AllowedRows allowed(context.rules, resolved.own_rows, table.rows(),
                            context.options.k);
  Placing placing{context, resolved, allowed, resolved.own_rows, row};
  SortOnce(&placing.own_rows);
  AKIN_ASSIGN_OR_RETURN(const Place place, FindPlace(placing));

  Explanation explained;
  explained.id = id;
  const bool metric_scores =
      resolved.fusion == nullptr && resolved.product.empty();
  explained.score =
      metric_scores ? AnsweredScore(table, place.score) : place.score;
  explained.rank = place.better + 1;
  explained.found = Has(answer, id);
  explained.stats = answer.stats;
  if (context.rules.matching.has_value()) {
    explained.filter_matches = context.rules.matching->count();
  }
  if (!explained.found) {
    explained.obstacles = PlainObstacles(placing, place);
    if (explained.obstacles.empty()) {
      AKIN_ASSIGN_OR_RETURN(const Obstacle hidden, HiddenObstacle(placing, id));
      explained.obstacles.push_back(hidden);
    }
  }
  explained.detail = Sentence(placing, explained, id);
  return explained;
}

}  // namespace akin
