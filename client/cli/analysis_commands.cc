#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/failure.h"
#include "client/cli/query_args.h"
#include "client/cli/render_analysis.h"
#include "client/cli/search_option_args.h"
#include "client/cli/target.h"
#include "client/cli/text_width.h"
#include "client/cli/where.h"

namespace akin::client {
namespace {

constexpr uint32_t kMostListed = 10'000;

absl::Status CheckIds(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (!id.empty() && IsUtf8(id)) continue;
    return UsageError(
        absl::StrCat("expected an id in UTF-8, got \"", Printable(id), "\""));
  }
  return absl::OkStatus();
}

// One query, not a file of several.
absl::StatusOr<v1::Query> ReadOneQuery(const QueryFlags& flags,
                                       absl::string_view table) {
  absl::StatusOr<std::vector<v1::Query>> queries = ReadQueries(flags, table);
  if (!queries.ok()) return queries.status();
  if (queries->size() == 1) return std::move(queries->front());
  return UsageError(absl::StrCat("--vector-file: expected one vector, got ",
                                 queries->size()));
}

struct ScoreFlags {
  TargetFlags target;
  QueryFlags query;
  std::vector<std::string> ids;
};

absl::Status RunScore(const ScoreFlags& flags, const Session& session) {
  const absl::StatusOr<Target> target = ReadTarget(flags.target);
  if (!target.ok()) return target.status();
  absl::StatusOr<v1::Query> query = ReadOneQuery(flags.query, target->table);
  if (!query.ok()) return query.status();
  if (absl::Status ids = CheckIds(flags.ids); !ids.ok()) return ids;
  v1::ScoreRequest request;
  SetTarget(*target, &request);
  *request.mutable_query() = *std::move(query);
  request.mutable_ids()->Add(flags.ids.begin(), flags.ids.end());
  request.set_fold_case(flags.query.fold_case);
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Score(request);
  if (!response.ok()) return response.status();
  if (session.json()) return session.PrintJson(*response);
  // A server that folds says which ids it has scored.
  const std::vector<std::string> scored(response->ids().begin(),
                                        response->ids().end());
  PrintScores(session.terminal(), scored.empty() ? flags.ids : scored,
              *response);
  return absl::OkStatus();
}

struct ExplainFlags {
  TargetFlags target;
  QueryFlags query;
  SearchOptionFlags options;
  std::string id;
};

absl::Status RunExplain(const ExplainFlags& flags, const Session& session) {
  const absl::StatusOr<Target> target = ReadTarget(flags.target);
  if (!target.ok()) return target.status();
  absl::StatusOr<v1::Query> query = ReadOneQuery(flags.query, target->table);
  if (!query.ok()) return query.status();
  absl::StatusOr<v1::SearchOptions> options =
      ReadSearchOptions(flags.options, target->table, flags.query.fold_case);
  if (!options.ok()) return options.status();
  if (absl::Status id = CheckIds({flags.id}); !id.ok()) return id;
  v1::ExplainRequest request;
  SetTarget(*target, request.mutable_request());
  *request.mutable_request()->mutable_query() = *std::move(query);
  *request.mutable_request()->mutable_options() = *std::move(options);
  request.set_id(flags.id);
  request.set_fold_case(flags.query.fold_case);
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Explain(request);
  if (!response.ok()) return response.status();
  if (session.json()) return session.PrintJson(*response);
  PrintExplanation(session.terminal(),
                   response->id().empty() ? flags.id : response->id(),
                   request.request().options().k(), *response);
  return absl::OkStatus();
}

struct IdsFlags {
  TargetFlags target;
  std::optional<std::string> prefix;
  std::optional<std::string> where;
  std::optional<int64_t> most;
  std::optional<int64_t> sample;
  std::optional<int64_t> seed;
};

absl::StatusOr<v1::ListIdsRequest> ReadIds(const IdsFlags& flags) {
  const absl::StatusOr<Target> target = ReadTarget(flags.target);
  if (!target.ok()) return target.status();
  v1::ListIdsRequest request;
  SetTarget(*target, &request);
  if (flags.prefix) {
    if (!IsUtf8(*flags.prefix)) {
      return UsageError(absl::StrCat("--prefix: expected UTF-8, got \"",
                                     Printable(*flags.prefix), "\""));
    }
    request.set_prefix(*flags.prefix);
  }
  if (flags.where) {
    absl::StatusOr<v1::Predicate> filter = ParseWhere(*flags.where);
    if (!filter.ok()) return filter.status();
    *request.mutable_filter() = *std::move(filter);
  }
  if (flags.sample && flags.most) {
    return UsageError("--most and --sample each say how many, expected one");
  }
  if (flags.sample) request.set_sample(static_cast<uint32_t>(*flags.sample));
  if (flags.seed) {
    if (!flags.sample) {
      return UsageError("--seed is of --sample, which is missing");
    }
    request.set_seed(static_cast<uint64_t>(*flags.seed));
  }
  return request;
}

// Page by page, until `most` have come. JSON is one object, of all pages.
absl::Status RunIds(const IdsFlags& flags, const Session& session) {
  absl::StatusOr<v1::ListIdsRequest> request = ReadIds(flags);
  if (!request.ok()) return request.status();
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  v1::ListIdsResponse all;
  int64_t left = flags.most.value_or(std::numeric_limits<int64_t>::max());
  while (left > 0) {
    if (request->sample() == 0) {
      request->set_page_size(
          static_cast<uint32_t>(std::min<int64_t>(left, kMostListed)));
    }
    const auto response = (*client)->ListIds(*request);
    if (!response.ok()) return response.status();
    left -= response->ids_size();
    if (session.json()) {
      all.MergeFrom(*response);
      all.set_next_page_token(response->next_page_token());
    } else {
      for (const std::string& id : response->ids()) {
        session.terminal().out << Printable(id) << '\n';
      }
    }
    if (response->next_page_token().empty()) break;
    request->set_page_token(response->next_page_token());
    // Whatever becomes of the label between two pages.
    request->set_version(response->version());
  }
  return session.json() ? session.PrintJson(all) : absl::OkStatus();
}

void AddScore(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* score =
      program.add_subcommand("score", "exact scores of given ids for a query");
  auto score_flags = std::make_shared<ScoreFlags>();
  score->set_help_flag();
  AddQueryFlags(*score, &score_flags->query);
  AddTargetFlags(*score, &score_flags->target);
  AddPositionals(*score, {"ID", "", "of the table, as typed"},
                 &score_flags->ids);
  AddFoldCaseFlag(*score, &score_flags->query.fold_case);
  AddSessionFlags(*score, flags);
  score->set_help_flag("-h,--help", "print this help");
  score->footer(
      "Ranks a list of candidates, or gives the similarity of a pair.\n"
      "\nExamples:\n"
      "  akin score glove/words --id king queen prince cabbage\n"
      "  akin score movies/items --id users:u42 Heat Alien --json");
  score->callback([=] {
    *action = [score_flags](const Session& session) {
      return RunScore(*score_flags, session);
    };
  });
}

void AddExplain(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* explain = program.add_subcommand(
      "explain", "why an id is in the answer to a query, or why not");
  auto explain_flags = std::make_shared<ExplainFlags>();
  explain->set_help_flag();
  AddQueryFlags(*explain, &explain_flags->query);
  AddTargetFlags(*explain, &explain_flags->target);
  AddPositional(*explain, {"ID", "", "the id in question, as typed"},
                &explain_flags->id);
  AddSearchOptionFlags(*explain, &explain_flags->options);
  AddFoldCaseFlag(*explain, &explain_flags->query.fold_case);
  AddSessionFlags(*explain, flags);
  explain->set_help_flag("-h,--help", "print this help");
  explain->footer(
      "Example:\n"
      "  akin explain glove/words --plus king --plus woman --minus man queen");
  explain->callback([=] {
    *action = [explain_flags](const Session& session) {
      return RunExplain(*explain_flags, session);
    };
  });
}

void AddIds(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* ids = program.add_subcommand("ids", "the ids of a table");
  auto ids_flags = std::make_shared<IdsFlags>();
  AddTargetFlags(*ids, &ids_flags->target);
  AddText(*ids, {"--prefix", "TEXT", "only those that begin with it"},
          &ids_flags->prefix);
  AddText(*ids, {"--where", "FILTER", kWhereHelp}, &ids_flags->where);
  AddWholeNumber(*ids, {"--most", "N", "no more than so many"}, 1,
                 std::numeric_limits<int64_t>::max(), &ids_flags->most);
  AddWholeNumber(*ids, {"--sample", "N", "so many, drawn at random"}, 1,
                 kMostListed, &ids_flags->sample);
  AddWholeNumber(*ids, {"--seed", "N", "another gives another sample"}, 0,
                 std::numeric_limits<int64_t>::max(), &ids_flags->seed);
  AddSessionFlags(*ids, flags);
  ids->footer(
      "In the order of the trained file, one a line.\n"
      "\nExamples:\n"
      "  akin ids glove/words --prefix queen\n"
      "  akin ids movies/items --where 'year >= 1990' --most 20\n"
      "  akin ids glove/words --sample 100 --seed 7");
  ids->callback([=] {
    *action = [ids_flags](const Session& session) {
      return RunIds(*ids_flags, session);
    };
  });
}

}  // namespace

void AddAnalysisCommands(CLI::App& program, SessionFlags* flags,
                         Action* action) {
  AddScore(program, flags, action);
  AddExplain(program, flags, action);
  AddIds(program, flags, action);
}

}  // namespace akin::client
