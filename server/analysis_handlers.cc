// Score, Explain and ListIds: convert, pin one version, estimate, ask
// (index/query), convert back.

#include <memory>
#include <utility>
#include <vector>

#include "index/base/status_macros.h"
#include "index/query/check_options.h"
#include "index/query/expected_time.h"
#include "index/query/explain.h"
#include "index/query/list_ids.h"
#include "index/query/score.h"
#include "server/convert.h"
#include "server/convert_options.h"
#include "server/convert_query.h"
#include "server/dispatch.h"
#include "server/handlers.h"
#include "server/pin_version.h"

namespace akin::server {
namespace {

template <class Response>
void SetVersion(const Version& version, Response* response) {
  response->set_model(version.model());
  response->set_version(version.number());
}

// The version and the table that a request is about.
struct Asked {
  std::shared_ptr<const Version> version;
  const IndexedTable* table = nullptr;
};

template <class Request>
absl::StatusOr<Asked> FindAsked(const ServerState& state,
                                const Request& request, CallRecord* record) {
  Asked asked;
  AKIN_ASSIGN_OR_RETURN(asked.version, PinVersion(state, request));
  record->SetTarget(request.model(), request.table(), asked.version->number());
  AKIN_ASSIGN_OR_RETURN(asked.table, asked.version->FindTable(request.table()));
  return asked;
}

struct ScorePlan {
  Asked asked;
  DecodedVectors decoded;
  Query query;
  std::vector<Query> others;
};

absl::StatusOr<ScorePlan> PlanScore(const ServerState& state,
                                    const v1::ScoreRequest& request,
                                    CallRecord* record) {
  ScorePlan plan;
  if ((request.ids_size() > 0) == (request.queries_size() > 0)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a score is of ids or of queries, expected one of them, "
        "got ",
        request.ids_size(), " ids and ", request.queries_size(), " queries"));
  }
  AKIN_RETURN_IF_ERROR(CheckCount(
      "the number of ids and queries",
      static_cast<size_t>(request.ids_size() + request.queries_size()),
      state.config.max_batch_queries(), "max_batch_queries"));
  AKIN_ASSIGN_OR_RETURN(plan.query,
                        QueryFromWire(request.query(), &plan.decoded));
  plan.others.reserve(static_cast<size_t>(request.queries_size()));
  for (const v1::Query& other : request.queries()) {
    AKIN_ASSIGN_OR_RETURN(plan.others.emplace_back(),
                          QueryFromWire(other, &plan.decoded));
  }
  AKIN_ASSIGN_OR_RETURN(plan.asked, FindAsked(state, request, record));
  return plan;
}

absl::Status RunScore(const ScorePlan& plan, const v1::ScoreRequest& request,
                      v1::ScoreResponse* response, const CallRecord& record) {
  SetVersion(*plan.asked.version, response);
  if (!plan.others.empty()) {
    AKIN_ASSIGN_OR_RETURN(
        const std::vector<float> scores,
        ScoreQueries(*plan.asked.version, request.table(), plan.query,
                     plan.others, &record.stop()));
    response->mutable_scores()->Add(scores.begin(), scores.end());
    return absl::OkStatus();
  }
  const std::vector<absl::string_view> ids(request.ids().begin(),
                                           request.ids().end());
  AKIN_ASSIGN_OR_RETURN(
      const IdScores scores,
      ScoreIds(*plan.asked.version, request.table(), plan.query, ids,
               &record.stop(), request.fold_case()));
  response->mutable_scores()->Add(scores.scores.begin(), scores.scores.end());
  for (const absl::string_view id : scores.unknown_ids) {
    response->add_unknown_ids(id.data(), id.size());
  }
  if (!request.fold_case()) return absl::OkStatus();
  for (const absl::string_view id : scores.ids) {
    response->add_ids(id.data(), id.size());
  }
  return absl::OkStatus();
}

struct ExplainPlan {
  Asked asked;
  DecodedVectors decoded;
  Query query;
  std::unique_ptr<Predicate> filter;  // options point to it
  SearchOptions options;
};

absl::StatusOr<ExplainPlan> PlanExplain(const ServerState& state,
                                        const v1::ExplainRequest& request,
                                        CallRecord* record) {
  const v1::SearchRequest& search = request.request();
  ExplainPlan plan;
  AKIN_ASSIGN_OR_RETURN(plan.query,
                        QueryFromWire(search.query(), &plan.decoded));
  AKIN_ASSIGN_OR_RETURN(plan.asked, FindAsked(state, search, record));
  AKIN_RETURN_IF_ERROR(
      CheckCount("k", search.options().k(), state.config.max_k(), "max_k"));
  plan.filter = std::make_unique<Predicate>();
  AKIN_ASSIGN_OR_RETURN(plan.options,
                        OptionsFromWire(search.options(), plan.filter.get()));
  if (!search.options().has_target_recall()) {
    plan.options.effort_factor = state.recall.EffortFactor(
        search.model(), plan.asked.version->number(), search.table());
  }
  return plan;
}

v1::Obstacle ObstacleToWire(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::kRank:
      return v1::OBSTACLE_RANK;
    case Obstacle::kInput:
      return v1::OBSTACLE_INPUT;
    case Obstacle::kExcluded:
      return v1::OBSTACLE_EXCLUDED;
    case Obstacle::kFilter:
      return v1::OBSTACLE_FILTER;
    case Obstacle::kMinScore:
      return v1::OBSTACLE_MIN_SCORE;
    case Obstacle::kIndex:
      return v1::OBSTACLE_INDEX;
    case Obstacle::kDiversity:
      return v1::OBSTACLE_DIVERSITY;
  }
  return v1::OBSTACLE_UNSPECIFIED;
}

absl::Status RunExplain(const ExplainPlan& plan,
                        const v1::ExplainRequest& request,
                        v1::ExplainResponse* response, CallRecord* record) {
  AKIN_ASSIGN_OR_RETURN(
      const Explanation explanation,
      Explain(*plan.asked.version, request.request().table(), plan.query,
              plan.options, ItemRef{"", request.id(), request.fold_case()},
              &record->stop()));
  record->AddSearch(explanation.stats);
  SetVersion(*plan.asked.version, response);
  response->set_id(explanation.id.data(), explanation.id.size());
  response->set_score(explanation.score);
  response->set_rank(explanation.rank);
  response->set_found(explanation.found);
  for (const Obstacle obstacle : explanation.obstacles) {
    response->add_obstacles(ObstacleToWire(obstacle));
  }
  if (explanation.filter_matches.has_value()) {
    response->set_filter_matches(*explanation.filter_matches);
  }
  StatsToWire(explanation.stats, response->mutable_stats());
  response->set_detail(explanation.detail);
  return absl::OkStatus();
}

struct ListPlan {
  Asked asked;
  std::unique_ptr<Predicate> filter;  // the listing points to it
  IdListing listing;
};

absl::StatusOr<ListPlan> PlanList(const ServerState& state,
                                  const v1::ListIdsRequest& request,
                                  CallRecord* record) {
  ListPlan plan;
  AKIN_ASSIGN_OR_RETURN(plan.asked, FindAsked(state, request, record));
  plan.listing.prefix = request.prefix();
  if (request.has_filter()) {
    plan.filter = std::make_unique<Predicate>();
    AKIN_ASSIGN_OR_RETURN(*plan.filter, PredicateFromWire(request.filter()));
    plan.listing.filter = plan.filter.get();
  }
  plan.listing.page_size = request.page_size();
  plan.listing.page_token = request.page_token();
  plan.listing.sample = request.sample();
  plan.listing.seed = request.seed();
  return plan;
}

}  // namespace

void HandleScore(ServerState* state, const v1::ScoreRequest& request,
                 v1::ScoreResponse* response, CallRecord* record,
                 const Done& done) {
  auto plan = PlanScore(*state, request, record);
  if (!plan.ok()) return done(plan.status());
  const double expected_us = ExpectedScoreMicroseconds(
      *plan->asked.table,
      static_cast<size_t>(request.ids_size() + request.queries_size()));
  Dispatch(
      state, expected_us,
      [plan = *std::move(plan), &request, response, record] {
        return RunScore(plan, request, response, *record);
      },
      record, done);
}

void HandleExplain(ServerState* state, const v1::ExplainRequest& request,
                   v1::ExplainResponse* response, CallRecord* record,
                   const Done& done) {
  auto plan = PlanExplain(*state, request, record);
  if (!plan.ok()) return done(plan.status());
  const double expected_us = ExpectedExplainMicroseconds(
      *plan->asked.table, plan->query, plan->options);
  Dispatch(
      state, expected_us,
      [plan = *std::move(plan), &request, response, record] {
        return RunExplain(plan, request, response, record);
      },
      record, done);
}

void HandleListIds(ServerState* state, const v1::ListIdsRequest& request,
                   v1::ListIdsResponse* response, CallRecord* record,
                   const Done& done) {
  auto plan = PlanList(*state, request, record);
  if (!plan.ok()) return done(plan.status());
  const double expected_us =
      ExpectedListMicroseconds(*plan->asked.table, request.has_filter());
  Dispatch(
      state, expected_us,
      [plan = *std::move(plan), state, &request, response,
       record]() -> absl::Status {
        AKIN_ASSIGN_OR_RETURN(const IdPage page,
                              ListIds(*plan.asked.version, request.table(),
                                      plan.listing, &record->stop()));
        SetVersion(*plan.asked.version, response);
        response->mutable_ids()->Reserve(static_cast<int>(page.ids.size()));
        for (const absl::string_view id : page.ids) {
          response->add_ids(id.data(), id.size());
        }
        response->set_next_page_token(page.next_page_token);
        return CheckAnswerBytes(response->ByteSizeLong(),
                                state->config.max_message_bytes());
      },
      record, done);
}

}  // namespace akin::server
