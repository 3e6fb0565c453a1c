#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/query_args.h"
#include "client/cli/render_search.h"
#include "client/cli/search_option_args.h"
#include "client/cli/target.h"
#include "client/cpp/call_status.h"

namespace akin::client {
namespace {

struct SearchFlags {
  TargetFlags target;
  QueryFlags query;
  SearchOptionFlags options;
};

// An answer does not say its metric, and only bars need it.
std::optional<v1::Metric> MetricOf(const Client& client, const Target& target,
                                   int64_t version) {
  v1::GetModelRequest request;
  request.set_model(target.model);
  const auto response = client.GetModel(request);
  if (!response.ok()) return std::nullopt;
  for (const v1::ModelVersion& candidate : response->model().versions()) {
    if (candidate.version() != version) continue;
    for (const v1::Table& table : candidate.tables()) {
      if (table.name() == target.table) return table.metric();
    }
  }
  return std::nullopt;
}

// What a query names, and the queries within it.
void AppendItems(const v1::Query& query,
                 std::vector<const v1::ItemRef*>* items) {
  if (query.has_id()) items->push_back(&query.id());
  for (const auto* terms :
       {&query.combination().plus(), &query.combination().minus()}) {
    for (const v1::Term& term : *terms) {
      if (term.has_id()) items->push_back(&term.id());
    }
  }
  for (const v1::FusionPart& part : query.fusion().parts()) {
    AppendItems(part.query(), items);
  }
  for (const v1::Query& rung : query.first_of().queries()) {
    AppendItems(rung, items);
  }
}

// The table that a ':' in an id was taken to name may never have been meant.
absl::Status ExplainUnknownTable(const absl::Status& status,
                                 const v1::Query& query, const Target& target) {
  const auto detail = GetErrorDetail(status);
  if (!detail || !detail->has_unknown_name()) return status;
  const std::string& unknown = detail->unknown_name().name();
  const auto explain = [&](const v1::ItemRef& item) {
    if (item.table().empty() ||
        (unknown != item.table() &&
         unknown != absl::StrCat(target.model, "/", item.table()))) {
      return status;
    }
    const std::string typed = absl::StrCat(item.table(), ":", item.id());
    absl::Status explained(
        status.code(),
        absl::StrCat(status.message(), " (\"", typed, "\" is read as the id \"",
                     item.id(), "\" of the table ", item.table(),
                     "; if it is an id of ", target.table, ", write \"",
                     target.table, ":", typed, "\")"));
    status.ForEachPayload(
        [&](absl::string_view url, const absl::Cord& payload) {
          explained.SetPayload(url, payload);
        });
    return explained;
  };
  std::vector<const v1::ItemRef*> items;
  AppendItems(query, &items);
  for (const v1::ItemRef* item : items) {
    absl::Status explained = explain(*item);
    if (explained != status) return explained;
  }
  return status;
}

SearchContext ContextOf(const Session& session, const Client& client,
                        const Target& target, int64_t version, uint32_t k,
                        absl::Duration took) {
  SearchContext context{target.table, k, std::nullopt, took};
  if (session.terminal().blocks) {
    context.metric = MetricOf(client, target, version);
  }
  return context;
}

// Fused and multiplied scores are none of the metric, nor are those of fallback
// ids: no bar says how good they are.
bool HasMetricScores(const v1::Query& query, uint32_t rung) {
  if (query.has_first_of()) {
    const auto& queries = query.first_of().queries();
    return rung >= 1 && rung <= static_cast<uint32_t>(queries.size()) &&
           HasMetricScores(queries[static_cast<int>(rung) - 1], 0);
  }
  return !query.has_fusion() &&
         query.combination().method() != v1::COMBINATION_METHOD_3COSMUL;
}

absl::Status SearchOne(const Session& session, const Client& client,
                       const Target& target, v1::Query query,
                       v1::SearchOptions options) {
  v1::SearchRequest request;
  SetTarget(target, &request);
  *request.mutable_query() = std::move(query);
  *request.mutable_options() = std::move(options);
  const absl::Time start = absl::Now();
  const auto response = client.Search(request);
  const absl::Duration took = absl::Now() - start;
  if (!response.ok()) {
    return ExplainUnknownTable(response.status(), request.query(), target);
  }
  if (session.json()) return session.PrintJson(*response);
  SearchContext context =
      ContextOf(session, client, target, response->version(),
                request.options().k(), took);
  if (!HasMetricScores(request.query(), response->rung())) {
    context.metric.reset();
  }
  PrintSearch(session.terminal(), *response, context);
  return absl::OkStatus();
}

// OK only if every query was answered.
absl::Status StatusOfBatch(const v1::BatchSearchResponse& response) {
  int failed = 0;
  std::string first;
  for (int i = 0; i < response.results_size(); ++i) {
    const absl::Status status = StatusOf(response.results(i).error());
    if (status.ok()) continue;
    if (++failed == 1) {
      first = absl::StrCat("query ", i + 1, ": ", status.message());
    }
  }
  if (failed == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(failed, " of ", response.results_size(),
                   " queries were not answered; ", first));
}

absl::Status SearchMany(const Session& session, const Client& client,
                        const Target& target, std::vector<v1::Query> queries,
                        v1::SearchOptions options) {
  v1::BatchSearchRequest request;
  SetTarget(target, &request);
  for (v1::Query& query : queries) *request.add_queries() = std::move(query);
  *request.mutable_options() = std::move(options);
  const absl::Time start = absl::Now();
  const auto response = client.BatchSearch(request);
  const absl::Duration took = absl::Now() - start;
  if (!response.ok()) return response.status();
  if (session.json()) {
    absl::Status status = session.PrintJson(*response);
    if (!status.ok()) return status;
  } else {
    PrintBatch(session.terminal(), *response,
               ContextOf(session, client, target, response->version(),
                         request.options().k(), took));
  }
  return StatusOfBatch(*response);
}

absl::Status RunSearch(const SearchFlags& flags, const Session& session) {
  const absl::StatusOr<Target> target = ReadTarget(flags.target);
  if (!target.ok()) return target.status();
  absl::StatusOr<std::vector<v1::Query>> queries =
      ReadQueries(flags.query, target->table);
  if (!queries.ok()) return queries.status();
  absl::StatusOr<v1::SearchOptions> options =
      ReadSearchOptions(flags.options, target->table, flags.query.fold_case);
  if (!options.ok()) return options.status();

  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  if (queries->size() == 1) {
    return SearchOne(session, **client, *target, std::move((*queries)[0]),
                     *std::move(options));
  }
  return SearchMany(session, **client, *target, *std::move(queries),
                    *std::move(options));
}

}  // namespace

void AddSearchCommand(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* search =
      program.add_subcommand("search", "find the nearest ids of a table");
  auto search_flags = std::make_shared<SearchFlags>();
  // The help lists the groups in the order of their first arguments.
  search->set_help_flag();
  AddQueryFlags(*search, &search_flags->query);
  AddTargetFlags(*search, &search_flags->target);
  AddSearchOptionFlags(*search, &search_flags->options);
  AddFoldCaseFlag(*search, &search_flags->query.fold_case);
  AddSessionFlags(*search, flags);
  search->set_help_flag("-h,--help", "print this help");
  search->footer(absl::StrCat(
      kIdHelp,
      "\nA score is higher for what is nearer, under every metric.\n"
      "\nExamples:\n"
      "  akin search glove/words --id king -k 5\n"
      "  akin search movies/items --id users:u42 --exclude 'Toy Story'\n"
      "  akin search glove/words --plus king --plus woman --minus man\n"
      "  akin search glove/words --plus 0.7*paris --plus 0.3*beach --exact\n"
      "  akin search glove/words --id king --target-recall 0.99\n"
      "  akin search glove/words --vector-file q.npy --json\n"
      "  akin get glove/words king --json | jq -c '.vectors[0].values' |\n"
      "    akin search glove/words --vector-file /dev/stdin"));
  search->callback([=] {
    *action = [search_flags](const Session& session) {
      return RunSearch(*search_flags, session);
    };
  });
}

}  // namespace akin::client
