#include "server/handlers.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/kernels/distances.h"
#include "index/query/check_options.h"
#include "index/query/run_query.h"
#include "server/convert.h"
#include "server/error_detail.h"

namespace akin::server {
namespace {

// While the server loads, a model that is not there may only not be there yet.
absl::Status CheckNotLoading(const ServerState& state,
                             const std::string& model) {
  const auto found = state.catalog.Find(model);
  if (!absl::IsNotFound(found.status())) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("the server is still loading; model \"", model,
                   "\" is not available yet"));
}

template <class Request>
absl::StatusOr<std::shared_ptr<const Version>> PinVersion(
    const ServerState& state, const Request& request) {
  // Asked before the catalog is looked at: a moment later all may be loaded.
  const bool loading = state.phase == Phase::kLoading;
  auto version =
      state.catalog.Pin(request.model(), VersionChoiceFromWire(request));
  if (!version.ok() && loading) {
    AKIN_RETURN_IF_ERROR(CheckNotLoading(state, request.model()));
  }
  return version;
}

template <class Response>
void SetVersion(const Version& version, Response* response) {
  response->set_model(version.model());
  response->set_version(version.number());
}

v1::ServerState PhaseToWire(Phase phase) {
  switch (phase) {
    case Phase::kLoading:
      return v1::SERVER_STATE_LOADING;
    case Phase::kServing:
      return v1::SERVER_STATE_SERVING;
    case Phase::kDraining:
      return v1::SERVER_STATE_DRAINING;
  }
  return v1::SERVER_STATE_UNSPECIFIED;
}

}  // namespace

bool MayTakeLong(const ServerState& state, const v1::SearchRequest& request) {
  constexpr double kLongMicroseconds = 1000;
  const auto version =
      state.catalog.Pin(request.model(), VersionChoiceFromWire(request));
  if (!version.ok()) return false;
  const auto table = (*version)->FindTable(request.table());
  if (!table.ok()) return false;
  SearchOptions options;
  options.k = request.options().k();
  options.exact = request.options().exact();
  if (request.options().has_target_recall()) {
    options.target_recall = request.options().target_recall();
  }
  return ExpectedMicroseconds(**table, options) > kLongMicroseconds;
}

absl::Status HandleSearch(const ServerState& state,
                          const v1::SearchRequest& request,
                          v1::SearchResponse* response,
                          const StopSignal* stop) {
  DecodedVectors decoded;
  AKIN_ASSIGN_OR_RETURN(const Query query,
                        QueryFromWire(request.query(), &decoded));
  AKIN_ASSIGN_OR_RETURN(const auto version, PinVersion(state, request));
  AKIN_ASSIGN_OR_RETURN(const SearchOptions options,
                        OptionsFromWire(request.options()));
  AKIN_ASSIGN_OR_RETURN(
      Answer answer, RunQuery(*version, request.table(), query, options, stop));
  SetVersion(*version, response);
  AnswerToWire(std::move(answer), response);
  return CheckAnswerBytes(response->ByteSizeLong());
}

absl::Status HandleBatchSearch(ServerState* state,
                               const v1::BatchSearchRequest& request,
                               v1::BatchSearchResponse* response,
                               const StopSignal* stop) {
  AKIN_RETURN_IF_ERROR(CheckCount("the number of queries",
                                  request.queries_size(), kMaxBatchQueries,
                                  "max_batch_queries"));
  // A query that cannot be converted fails alone, like one that cannot be run.
  DecodedVectors decoded;
  std::vector<Query> queries;
  std::vector<absl::Status> converted;
  for (const v1::Query& wire : request.queries()) {
    absl::StatusOr<Query> query = QueryFromWire(wire, &decoded);
    converted.push_back(query.status());
    queries.push_back(query.ok() ? *std::move(query) : Query());
  }
  AKIN_ASSIGN_OR_RETURN(const auto version, PinVersion(*state, request));
  AKIN_ASSIGN_OR_RETURN(const SearchOptions options,
                        OptionsFromWire(request.options()));
  AKIN_ASSIGN_OR_RETURN(auto answers,
                        RunBatch(*version, request.table(), queries, options,
                                 &state->pool, stop));
  SetVersion(*version, response);
  for (size_t i = 0; i < answers.size(); ++i) {
    v1::BatchResult* result = response->add_results();
    if (answers[i].ok()) {
      AnswerToWire(*std::move(answers[i]), result);
    } else {
      *result->mutable_error() =
          ToRpcStatus(converted[i].ok() ? answers[i].status() : converted[i]);
    }
  }
  return CheckAnswerBytes(response->ByteSizeLong());
}

absl::Status HandleGetVectors(const ServerState& state,
                              const v1::GetVectorsRequest& request,
                              v1::GetVectorsResponse* response) {
  AKIN_RETURN_IF_ERROR(CheckCount("the number of ids", request.ids_size(),
                                  kMaxBatchQueries, "max_batch_queries"));
  AKIN_ASSIGN_OR_RETURN(const auto version, PinVersion(state, request));
  const std::vector<absl::string_view> ids(request.ids().begin(),
                                           request.ids().end());
  AKIN_ASSIGN_OR_RETURN(const auto vectors,
                        GetVectors(*version, request.table(), ids));
  SetVersion(*version, response);
  for (size_t i = 0; i < vectors.size(); ++i) {
    v1::StoredVector* stored = response->add_vectors();
    stored->set_id(request.ids(static_cast<int>(i)));
    stored->mutable_values()->Add(vectors[i].begin(), vectors[i].end());
  }
  return CheckAnswerBytes(response->ByteSizeLong());
}

absl::Status HandleListModels(const ServerState& state,
                              const v1::ListModelsRequest& /*request*/,
                              v1::ListModelsResponse* response) {
  for (const PublishedModel& model : state.catalog.List()) {
    ModelToWire(model, response->add_models());
  }
  return absl::OkStatus();
}

absl::Status HandleGetModel(const ServerState& state,
                            const v1::GetModelRequest& request,
                            v1::GetModelResponse* response) {
  const bool loading = state.phase == Phase::kLoading;
  const auto model = state.catalog.Find(request.model());
  if (!model.ok() && loading) {
    AKIN_RETURN_IF_ERROR(CheckNotLoading(state, request.model()));
  }
  if (!model.ok()) return model.status();
  ModelToWire(*model, response->mutable_model());
  return absl::OkStatus();
}

absl::Status HandleGetServerInfo(const ServerState& state,
                                 const v1::GetServerInfoRequest& /*request*/,
                                 v1::GetServerInfoResponse* response) {
  response->set_version(AKIN_VERSION);
  response->set_cpu_target(ActiveKernels().target);
  response->set_threads(static_cast<uint32_t>(state.pool.threads()));
  response->set_uptime_seconds(
      absl::ToInt64Seconds(absl::Now() - state.started));
  response->set_state(PhaseToWire(state.phase));
  v1::ServerLimits* limits = response->mutable_limits();
  limits->set_max_message_bytes(kMaxMessageBytes);
  limits->set_max_k(kMaxK);
  limits->set_max_batch_queries(kMaxBatchQueries);
  limits->set_max_dimension(kMaxDimension);
  limits->set_max_id_bytes(kMaxIdBytes);
  limits->set_max_exclude_ids(kMaxExcludeIds);
  limits->set_max_combination_terms(kMaxCombinationTerms);
  return absl::OkStatus();
}

}  // namespace akin::server
