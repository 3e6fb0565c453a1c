// QUERY on the server's side, top to bottom: convert, pin one version,
// estimate, run (index/query/run_query.h), convert back.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/query/check_options.h"
#include "index/query/expected_time.h"
#include "index/query/run_query.h"
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

// The answer is larger than a message of this server may be.
absl::Status CheckMessage(const Config& config,
                          const google::protobuf::Message& response) {
  return CheckAnswerBytes(response.ByteSizeLong(), config.max_message_bytes());
}

// What a call needs that was found out about it before it runs.
struct Target {
  std::shared_ptr<const Version> version;
  ShadowChoice shadow;
  std::unique_ptr<Predicate> filter;  // options point to it
  SearchOptions options;
  const IndexedTable* table = nullptr;
};

template <class Request>
absl::StatusOr<Target> FindTarget(const ServerState& state,
                                  const Request& request, CallRecord* record) {
  Target target;
  AKIN_ASSIGN_OR_RETURN(target.version,
                        PinVersion(state, request, &target.shadow));
  record->SetTarget(request.model(), request.table(), target.version->number());
  AKIN_RETURN_IF_ERROR(
      CheckCount("k", request.options().k(), state.config.max_k(), "max_k"));
  target.filter = std::make_unique<Predicate>();
  AKIN_ASSIGN_OR_RETURN(
      target.options, OptionsFromWire(request.options(), target.filter.get()));
  AKIN_ASSIGN_OR_RETURN(target.table,
                        target.version->FindTable(request.table()));
  if (!request.options().has_target_recall()) {
    target.options.effort_factor = state.recall.EffortFactor(
        request.model(), target.version->number(), request.table());
  }
  return target;
}

struct SearchPlan {
  Target target;
  DecodedVectors decoded;
  Query query;
};

absl::StatusOr<SearchPlan> PlanSearch(const ServerState& state,
                                      const v1::SearchRequest& request,
                                      CallRecord* record) {
  SearchPlan plan;
  AKIN_RETURN_IF_ERROR(CheckExcludeIds(request.options().exclude_ids_size()));
  AKIN_ASSIGN_OR_RETURN(plan.query,
                        QueryFromWire(request.query(), &plan.decoded));
  AKIN_ASSIGN_OR_RETURN(plan.target, FindTarget(state, request, record));
  return plan;
}

absl::Status RunSearch(const SearchPlan& plan, ServerState* state,
                       const v1::SearchRequest& request,
                       v1::SearchResponse* response, CallRecord* record) {
  const Config& config = state->config;
  AKIN_ASSIGN_OR_RETURN(
      Answer answer, RunQuery(*plan.target.version, request.table(), plan.query,
                              plan.target.options, &record->stop()));
  record->AddSearch(answer.stats);
  if (state->recall.IsDue(answer)) {
    state->recall.Offer(plan.target.version, request, answer,
                        plan.target.options.effort_factor);
  }
  SetVersion(*plan.target.version, response);
  const bool fits = MostWireBytes(answer) <= config.max_message_bytes();
  AnswerToWire(std::move(answer), response);
  if (Shadow::IsDue(plan.target.shadow)) {
    state->shadow.Offer(plan.target.shadow.version, request, *response);
  }
  // Most answers are so short that their bytes need not be counted.
  return fits ? absl::OkStatus() : CheckMessage(config, *response);
}

struct BatchPlan {
  Target target;
  DecodedVectors decoded;
  std::vector<Query> queries;
  // A query that cannot be converted fails alone, like one that cannot be run.
  std::vector<absl::Status> converted;
};

absl::Status ConvertQueries(const Config& config,
                            const v1::BatchSearchRequest& request,
                            BatchPlan* plan) {
  if (request.has_vectors()) {
    if (request.queries_size() > 0) {
      return absl::InvalidArgumentError(
          "a batch has queries and vectors, expected one of them");
    }
    AKIN_ASSIGN_OR_RETURN(
        plan->queries,
        VectorBlockFromWire(request.vectors(), config.max_batch_queries(),
                            &plan->decoded));
  }
  const size_t count = plan->queries.size() + request.queries_size();
  AKIN_RETURN_IF_ERROR(CheckCount("the number of queries", count,
                                  config.max_batch_queries(),
                                  "max_batch_queries"));
  plan->queries.reserve(count);
  for (const v1::Query& wire : request.queries()) {
    absl::StatusOr<Query> query = QueryFromWire(wire, &plan->decoded);
    plan->converted.push_back(query.status());
    plan->queries.push_back(query.ok() ? *std::move(query) : Query());
  }
  plan->converted.resize(count);
  return absl::OkStatus();
}

absl::StatusOr<BatchPlan> PlanBatch(const ServerState& state,
                                    const v1::BatchSearchRequest& request,
                                    CallRecord* record) {
  BatchPlan plan;
  AKIN_RETURN_IF_ERROR(ConvertQueries(state.config, request, &plan));
  AKIN_ASSIGN_OR_RETURN(plan.target, FindTarget(state, request, record));
  return plan;
}

// Query `i` of the batch as if it had come alone.
v1::SearchRequest RequestOf(const BatchPlan& plan,
                            const v1::BatchSearchRequest& batch, size_t i) {
  v1::SearchRequest request;
  request.set_model(batch.model());
  request.set_table(batch.table());
  *request.mutable_options() = batch.options();
  if (batch.has_vectors()) {
    const auto& vector = std::get<absl::Span<const float>>(plan.queries[i]);
    request.mutable_query()
        ->mutable_vector()
        ->mutable_floats()
        ->mutable_values()
        ->Add(vector.begin(), vector.end());
  } else {
    *request.mutable_query() = batch.queries(static_cast<int>(i));
  }
  return request;
}

absl::Status RunBatchPlan(const BatchPlan& plan, ServerState* state,
                          const v1::BatchSearchRequest& request,
                          v1::BatchSearchResponse* response,
                          CallRecord* record) {
  AKIN_ASSIGN_OR_RETURN(
      auto answers, RunBatch(*plan.target.version, request.table(),
                             plan.queries, plan.target.options,
                             state->search_pool.workers(), &record->stop()));
  const bool may_sample =
      request.options().ByteSizeLong() <= RecallMonitor::kMostBytes;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].ok()) {
      record->AddSearch(answers[i]->stats);
      if (may_sample && state->recall.IsDue(*answers[i])) {
        state->recall.Offer(plan.target.version, RequestOf(plan, request, i),
                            *answers[i], plan.target.options.effort_factor);
      }
    } else if (!plan.converted[i].ok()) {
      answers[i] = plan.converted[i];  // says more than that there is no query
    }
  }
  SetVersion(*plan.target.version, response);
  if (request.flat()) {
    AnswersToFlat(std::move(answers), response->mutable_flat());
  } else {
    AnswersToResults(std::move(answers), response->mutable_results());
  }
  return CheckMessage(state->config, *response);
}

// Most queries of a batch cost the same.
double ExpectedOfAll(const BatchPlan& plan) {
  const IndexedTable& table = *plan.target.table;
  const double plain = ExpectedMicroseconds(table, plan.target.options);
  double sum = 0;
  for (const Query& query : plan.queries) {
    const bool is_plain =
        std::holds_alternative<absl::Span<const float>>(query) ||
        std::holds_alternative<ItemRef>(query);
    sum += is_plain ? plain
                    : ExpectedMicroseconds(table, query, plan.target.options);
  }
  return sum;
}

}  // namespace

void HandleSearch(ServerState* state, const v1::SearchRequest& request,
                  v1::SearchResponse* response, CallRecord* record,
                  const Done& done) {
  auto plan = PlanSearch(*state, request, record);
  if (!plan.ok()) return done(plan.status());
  const double expected_us = ExpectedMicroseconds(
      *plan->target.table, plan->query, plan->target.options);
  Dispatch(
      state, expected_us,
      [plan = *std::move(plan), state, &request, response, record] {
        return RunSearch(plan, state, request, response, record);
      },
      record, done);
}

void HandleBatchSearch(ServerState* state,
                       const v1::BatchSearchRequest& request,
                       v1::BatchSearchResponse* response, CallRecord* record,
                       const Done& done) {
  auto plan = PlanBatch(*state, request, record);
  if (!plan.ok()) return done(plan.status());
  const double expected_us = ExpectedOfAll(*plan);
  Dispatch(
      state, expected_us,
      [plan = *std::move(plan), state, &request, response, record] {
        return RunBatchPlan(plan, state, request, response, record);
      },
      record, done);
}

void HandleGetVectors(ServerState* state, const v1::GetVectorsRequest& request,
                      v1::GetVectorsResponse* response, CallRecord* record,
                      const Done& done) {
  // About what finding an id and copying its vector twice takes.
  constexpr double kMicrosecondsPerId = 1;
  const double expected_us = kMicrosecondsPerId * request.ids_size();
  Dispatch(
      state, expected_us,
      [state, &request, response, record]() -> absl::Status {
        AKIN_RETURN_IF_ERROR(CheckCount("the number of ids", request.ids_size(),
                                        state->config.max_batch_queries(),
                                        "max_batch_queries"));
        AKIN_ASSIGN_OR_RETURN(const auto version, PinVersion(*state, request));
        record->SetTarget(request.model(), request.table(), version->number());
        const std::vector<absl::string_view> ids(request.ids().begin(),
                                                 request.ids().end());
        AKIN_ASSIGN_OR_RETURN(
            const auto vectors,
            GetVectors(*version, request.table(), ids, request.fold_case()));
        SetVersion(*version, response);
        for (const StoredVector& vector : vectors) {
          v1::StoredVector* stored = response->add_vectors();
          stored->set_id(vector.id.data(), vector.id.size());
          stored->mutable_values()->Add(vector.values.begin(),
                                        vector.values.end());
        }
        return CheckMessage(state->config, *response);
      },
      record, done);
}

}  // namespace akin::server
