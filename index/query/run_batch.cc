// RunBatch: the steps of run_query.cc, around one search for many queries.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/query/answer_query.h"
#include "index/query/check_options.h"
#include "index/query/near_ids.h"
#include "index/query/run_query.h"

namespace akin {
namespace {

// A batch is answered in slices, so that what a query needs on its way is held
// for a slice and not for ten thousand of them.
constexpr size_t kBatchSlice = 256;

using Answers = absl::Span<absl::StatusOr<Answer>>;

// A plain query on its way from the request to the answer.
struct Flight {
  size_t at;  // in the slice
  ResolvedQuery resolved;
  AllowedRows allowed;
};

absl::StatusOr<Flight> Prepare(const QueryContext& context, const Query& query,
                               size_t at) {
  const Table& table = context.target.table();
  AKIN_RETURN_IF_ERROR(CheckNotStopped(context.stop, table));
  AKIN_ASSIGN_OR_RETURN(ResolvedQuery resolved,
                        ResolveQuery(context.version, context.target, query));
  AllowedRows allowed(context.rules, resolved.own_rows, table.rows(),
                      context.options.k);
  return Flight{at, std::move(resolved), std::move(allowed)};
}

// What the attributes of its hits take on the wire, at the least.
size_t AttributeBytes(const Answer& answer) {
  size_t bytes = 0;
  for (const Hit& hit : answer.hits) {
    for (const HitAttribute& attribute : hit.attributes) {
      bytes += 4 + attribute.name.size();
      for (const AttributeValue& value : attribute.values) {
        const auto* text = std::get_if<absl::string_view>(&value);
        bytes += 4 + (text != nullptr ? text->size() : 0);
      }
    }
  }
  return bytes;
}

// Adds to `attribute_bytes`, whose length nobody knows before. Once they are
// more than a message may have no more answers are made.
void RunSlice(const QueryContext& context, absl::Span<const Query> queries,
              WorkerPool* pool, std::atomic<size_t>* attribute_bytes,
              Answers answers) {
  // Tasks lie side by side for the searcher; a query that failed has none, nor
  // has one that runs by itself.
  std::vector<Flight> flights;
  std::vector<SearchTask> tasks;
  std::vector<size_t> alone;
  flights.reserve(queries.size());
  tasks.reserve(queries.size());
  for (size_t i = 0; i < queries.size(); ++i) {
    if (!IsPlain(queries[i], context.options)) {
      alone.push_back(i);
      continue;
    }
    absl::StatusOr<Flight> flight = Prepare(context, queries[i], i);
    if (!flight.ok()) {
      answers[i] = flight.status();
      continue;
    }
    flights.push_back(*std::move(flight));
    tasks.push_back(TaskFor(context, flights.back().resolved,
                            flights.back().allowed, context.options.k));
  }
  if (!tasks.empty()) {
    ChooseSearcher(context.target, context.options)
        .BatchSearch(absl::MakeSpan(tasks), pool);
  }
  const auto fits = [&] { return *attribute_bytes <= kMaxMessageBytes; };
  for (size_t i = 0; i < tasks.size() && fits(); ++i) {
    const Flight& flight = flights[i];
    Answer answer = AnswerPlain(
        context, flight.allowed,
        RankingOf(std::move(tasks[i]), flight.allowed, context.options.k));
    *attribute_bytes += AttributeBytes(answer);
    answers[flight.at] = std::move(answer);
  }
  pool->ParallelFor(alone.size(), [&](size_t i) {
    if (!fits()) return;
    absl::StatusOr<Answer> answer = AnswerQuery(context, queries[alone[i]]);
    if (answer.ok()) *attribute_bytes += AttributeBytes(*answer);
    answers[alone[i]] = std::move(answer);
  });
}

// Of the first query only: a batch may name ten thousand unknown ids.
void AddNearIds(const Version& version, Answers answers) {
  const auto unknown = std::find_if(
      answers.begin(), answers.end(),
      [](const auto& answer) { return absl::IsNotFound(answer.status()); });
  if (unknown == answers.end()) return;
  *unknown = WithNearIds(version, std::move(*unknown));
}

}  // namespace

absl::StatusOr<std::vector<absl::StatusOr<Answer>>> RunBatch(
    const Version& version, absl::string_view table,
    absl::Span<const Query> queries, const SearchOptions& options,
    WorkerPool* pool, const StopSignal* stop) {
  AKIN_RETURN_IF_ERROR(CheckCount("the number of queries", queries.size(),
                                  kMaxBatchQueries, "max_batch_queries"));
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* target, version.FindTable(table));
  AKIN_RETURN_IF_ERROR(CheckOptions(options, target->table(), queries.size()));
  AKIN_ASSIGN_OR_RETURN(const RowRules rules,
                        ReadRowRules(version, *target, options, stop));
  const QueryContext context{version, *target, options, rules, stop};
  std::vector<absl::StatusOr<Answer>> answers(queries.size());
  std::atomic<size_t> attribute_bytes{0};
  for (size_t begin = 0; begin < queries.size(); begin += kBatchSlice) {
    RunSlice(context, queries.subspan(begin, kBatchSlice), pool,
             &attribute_bytes,
             absl::MakeSpan(answers).subspan(begin, kBatchSlice));
    AKIN_RETURN_IF_ERROR(CheckNotStopped(stop, target->table()));
    AKIN_RETURN_IF_ERROR(CheckAnswerBytes(attribute_bytes));
  }
  AddNearIds(version, absl::MakeSpan(answers));
  return answers;
}

}  // namespace akin
