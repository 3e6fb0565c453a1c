#include "index/query/run_query.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/query/check_options.h"
#include "index/query/filter.h"
#include "index/query/resolve.h"
#include "index/search/calibration.h"

namespace akin {
namespace {

const Searcher& ChooseSearcher(const IndexedTable& target,
                               const SearchOptions& options) {
  return options.exact ? target.exact() : target.index();
}

// OK unless `stop` says that the answer is of no use any more.
absl::Status CheckNotStopped(const StopSignal* stop, const Table& table) {
  if (stop == nullptr || !stop->Stopped()) return absl::OkStatus();
  if (stop->Cancelled()) {
    return absl::CancelledError(absl::StrCat(
        "the search of table ", table.name(), " was cancelled by its caller"));
  }
  return absl::DeadlineExceededError(
      absl::StrCat("the deadline passed before the search of table ",
                   table.name(), " was done"));
}

// One query on its way from the request to the answer.
struct QueryInFlight {
  ResolvedQuery resolved;
  std::vector<uint32_t> excluded;
  SearchTask task;
};

// `excluded` are the rows of options.exclude_ids.
absl::StatusOr<QueryInFlight> Prepare(const Version& version,
                                      const IndexedTable& target,
                                      const Query& query,
                                      const SearchOptions& options,
                                      const std::vector<uint32_t>& excluded,
                                      const StopSignal* stop) {
  AKIN_RETURN_IF_ERROR(CheckNotStopped(stop, target.table()));
  QueryInFlight flight;
  AKIN_ASSIGN_OR_RETURN(flight.resolved, ResolveQuery(version, target, query));
  flight.excluded = WithRows(excluded, flight.resolved.own_rows);
  // Enough neighbours that k remain when the excluded ones are taken out.
  flight.task.k = options.k + flight.excluded.size();
  flight.task.query = flight.resolved.vector;
  flight.task.query_table = flight.resolved.query_table;
  flight.task.target_recall = options.target_recall;
  flight.task.stop = stop;
  return flight;
}

// Rounding may carry the cosine of two unit vectors past 1 by a few ulps.
float ScoreOf(const Table& table, const Neighbor& near) {
  if (table.metric() != Metric::kCosine) return near.score;
  return std::clamp(near.score, -1.0f, 1.0f);
}

Answer Respond(const Table& table, const SearchOptions& options,
               QueryInFlight* flight) {
  Answer answer;
  answer.shortfall = FilterNeighbors(table, options, flight->excluded,
                                     &flight->task.neighbors);
  answer.stats = flight->task.stats;
  const std::vector<Neighbor>& neighbors = flight->task.neighbors;
  for (const Neighbor& near : neighbors) table.ids().PrefetchPlace(near.row);
  for (const Neighbor& near : neighbors) table.ids().PrefetchBytes(near.row);
  answer.hits.reserve(neighbors.size());
  for (const Neighbor& near : neighbors) {
    Hit& hit = answer.hits.emplace_back(
        Hit{table.ids().Id(near.row), ScoreOf(table, near), {}});
    if (options.return_vectors) {
      hit.vector.resize(table.dimension());
      table.CopyOriginal(near.row, absl::MakeSpan(hit.vector));
    }
  }
  return answer;
}

// A batch is answered in slices, so that what a query needs on its way is held
// for a slice and not for ten thousand of them.
constexpr size_t kBatchSlice = 256;

void RunSlice(const Version& version, const IndexedTable& target,
              absl::Span<const Query> queries, const SearchOptions& options,
              const std::vector<uint32_t>& excluded, WorkerPool* pool,
              const StopSignal* stop,
              std::vector<absl::StatusOr<Answer>>* answers) {
  // Tasks lie side by side for the searcher; a query that failed has none.
  std::vector<absl::StatusOr<QueryInFlight>> flights;
  std::vector<SearchTask> tasks;
  flights.reserve(queries.size());
  tasks.reserve(queries.size());
  for (const Query& query : queries) {
    flights.push_back(Prepare(version, target, query, options, excluded, stop));
    if (flights.back().ok()) tasks.push_back(flights.back()->task);
  }
  ChooseSearcher(target, options).BatchSearch(absl::MakeSpan(tasks), pool);
  auto task = tasks.begin();
  for (absl::StatusOr<QueryInFlight>& flight : flights) {
    if (!flight.ok()) {
      answers->emplace_back(flight.status());
      continue;
    }
    flight->task = std::move(*task++);
    answers->emplace_back(Respond(target.table(), options, &*flight));
  }
}

}  // namespace

absl::StatusOr<Answer> RunQuery(const Version& version, absl::string_view table,
                                const Query& query,
                                const SearchOptions& options,
                                const StopSignal* stop) {
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* target, version.FindTable(table));
  AKIN_RETURN_IF_ERROR(CheckOptions(options, target->table(), 1));
  const std::vector<uint32_t> excluded =
      RowsOf(target->table(), options.exclude_ids);
  AKIN_ASSIGN_OR_RETURN(QueryInFlight flight, Prepare(version, *target, query,
                                                      options, excluded, stop));
  ChooseSearcher(*target, options).Search(&flight.task);
  if (flight.task.stopped) return CheckNotStopped(stop, target->table());
  return Respond(target->table(), options, &flight);
}

double ExpectedMicroseconds(const IndexedTable& table,
                            const SearchOptions& options) {
  // Resolving, and what is left out: looked up, and searched for on top of k.
  constexpr double kPerQuery = 1;
  constexpr double kPerExcluded = 0.2;
  const double around =
      kPerQuery +
      kPerExcluded * static_cast<double>(options.exclude_ids.size());
  const size_t k = options.k + options.exclude_ids.size();
  // Unmeasured are small tables: as if all of it were read from memory once.
  constexpr double kBytesPerMicrosecond = 10'000;
  const double exact = around + table.report().exact_microseconds.value_or(
                                    static_cast<double>(table.table().rows()) *
                                    table.table().dimension() * sizeof(float) /
                                    kBytesPerMicrosecond);
  const Calibration* calibration = table.index().calibration();
  if (options.exact || calibration == nullptr) return exact;
  const auto effort =
      calibration->EffortFor(options.target_recall, k, kAnyTable);
  if (!effort.has_value()) return exact;
  const auto point = calibration->Expect(std::max(*effort, k), k, kAnyTable);
  return point.has_value() ? around + point->microseconds : exact;
}

absl::StatusOr<std::vector<absl::StatusOr<Answer>>> RunBatch(
    const Version& version, absl::string_view table,
    absl::Span<const Query> queries, const SearchOptions& options,
    WorkerPool* pool, const StopSignal* stop) {
  AKIN_RETURN_IF_ERROR(CheckCount("the number of queries", queries.size(),
                                  kMaxBatchQueries, "max_batch_queries"));
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* target, version.FindTable(table));
  AKIN_RETURN_IF_ERROR(CheckOptions(options, target->table(), queries.size()));
  const std::vector<uint32_t> excluded =
      RowsOf(target->table(), options.exclude_ids);
  std::vector<absl::StatusOr<Answer>> answers;
  answers.reserve(queries.size());
  for (size_t begin = 0; begin < queries.size(); begin += kBatchSlice) {
    RunSlice(version, *target, queries.subspan(begin, kBatchSlice), options,
             excluded, pool, stop, &answers);
    AKIN_RETURN_IF_ERROR(CheckNotStopped(stop, target->table()));
  }
  return answers;
}

absl::StatusOr<std::vector<std::vector<float>>> GetVectors(
    const Version& version, absl::string_view table,
    absl::Span<const absl::string_view> ids) {
  AKIN_RETURN_IF_ERROR(CheckCount("the number of ids", ids.size(),
                                  kMaxBatchQueries, "max_batch_queries"));
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* target, version.FindTable(table));
  const Table& source = target->table();
  AKIN_RETURN_IF_ERROR(
      CheckAnswerBytes(ids.size() * source.dimension() * sizeof(float)));
  std::vector<std::vector<float>> vectors;
  vectors.reserve(ids.size());
  for (const absl::string_view id : ids) {
    AKIN_ASSIGN_OR_RETURN(const uint32_t row, FindRow(version, source, id));
    source.CopyOriginal(
        row, absl::MakeSpan(vectors.emplace_back(source.dimension())));
  }
  return vectors;
}

}  // namespace akin
