#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/limits.h"
#include "index/kernels/distances.h"
#include "server/convert_catalog.h"
#include "server/describe_model.h"
#include "server/handlers.h"
#include "server/pin_version.h"

namespace akin::server {
namespace {

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

void LimitsToWire(const Config& config, v1::ServerLimits* limits) {
  limits->set_max_message_bytes(config.max_message_bytes());
  limits->set_max_k(config.max_k());
  limits->set_max_batch_queries(config.max_batch_queries());
  limits->set_max_dimension(kMaxDimension);
  limits->set_max_id_bytes(kMaxIdBytes);
  limits->set_max_exclude_ids(kMaxExcludeIds);
  limits->set_max_combination_terms(kMaxCombinationTerms);
  limits->set_max_deadline_seconds(config.max_deadline_seconds());
  limits->set_max_queries_per_stream(config.max_queries_per_stream());
  limits->set_max_connections(config.max_connections());
  limits->set_max_streams_per_connection(config.max_streams_per_connection());
  limits->set_min_ping_interval_seconds(config.min_ping_interval_seconds());
  limits->set_max_connection_idle_seconds(config.max_connection_idle_seconds());
  limits->set_max_connection_age_seconds(config.max_connection_age_seconds());
  limits->set_memory_quota_bytes(config.memory_quota_bytes());
  limits->set_max_queue_milliseconds(config.max_queue_milliseconds());
}

}  // namespace

absl::Status HandleListModels(const ServerState& state,
                              const v1::ListModelsRequest& /*request*/,
                              v1::ListModelsResponse* response) {
  for (const ModelFacts& model : DescribeModels(state)) {
    ModelToWire(model, state.shadow.Of(model.name), response->add_models());
  }
  return absl::OkStatus();
}

absl::Status HandleGetModel(const ServerState& state,
                            const v1::GetModelRequest& request,
                            v1::GetModelResponse* response) {
  const bool loading = state.phase == Phase::kLoading;
  const auto model = DescribeModel(state, request.model());
  if (!model.ok()) {
    return UnknownOrNotYet(model.status(), state, request.model(), loading);
  }
  ModelToWire(*model, state.shadow.Of(model->name), response->mutable_model());
  return absl::OkStatus();
}

absl::Status HandleGetServerInfo(const ServerState& state,
                                 const v1::GetServerInfoRequest& /*request*/,
                                 v1::GetServerInfoResponse* response) {
  response->set_version(AKIN_VERSION);
  response->set_cpu_target(ActiveKernels().target);
  response->set_threads(static_cast<uint32_t>(state.search_pool.threads()));
  response->set_uptime_seconds(
      absl::ToInt64Seconds(absl::Now() - state.started));
  response->set_state(PhaseToWire(state.phase));
  response->set_calls_in_flight(state.stats.in_flight);
  response->set_time_unix_micros(absl::ToUnixMicros(absl::Now()));
  v1::ServerProcess* const process = response->mutable_process();
  *process = state.process.Get();
  process->set_maps_files(state.config.file_access() == "map");
  process->set_has_repository(!state.config.repository().empty());
  LimitsToWire(state.config, response->mutable_limits());
  return absl::OkStatus();
}

}  // namespace akin::server
