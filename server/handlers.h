// What each rpc does, from message to message; no socket, no gRPC.
//
// Thread-safe. `request`, `response` and `record` live until `done` was called,
// which happens exactly once: before the function returns, or later on a
// worker. On an error the response is unspecified.

#ifndef AKIN_SERVER_HANDLERS_H_
#define AKIN_SERVER_HANDLERS_H_

#include <functional>

#include "absl/status/status.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/search_service.pb.h"
#include "server/call_record.h"
#include "server/server_state.h"

namespace akin::server {

using Done = std::function<void(const absl::Status&)>;

void HandleSearch(ServerState* state, const v1::SearchRequest& request,
                  v1::SearchResponse* response, CallRecord* record,
                  const Done& done);

void HandleBatchSearch(ServerState* state,
                       const v1::BatchSearchRequest& request,
                       v1::BatchSearchResponse* response, CallRecord* record,
                       const Done& done);

void HandleGetVectors(ServerState* state, const v1::GetVectorsRequest& request,
                      v1::GetVectorsResponse* response, CallRecord* record,
                      const Done& done);

void HandleScore(ServerState* state, const v1::ScoreRequest& request,
                 v1::ScoreResponse* response, CallRecord* record,
                 const Done& done);

void HandleExplain(ServerState* state, const v1::ExplainRequest& request,
                   v1::ExplainResponse* response, CallRecord* record,
                   const Done& done);

void HandleListIds(ServerState* state, const v1::ListIdsRequest& request,
                   v1::ListIdsResponse* response, CallRecord* record,
                   const Done& done);

// These wait for a disk, for a comparison, or for each other; never for a
// search.
void HandlePlanLoad(ServerState* state, const v1::PlanLoadRequest& request,
                    v1::PlanLoadResponse* response, CallRecord* record,
                    const Done& done);

void HandleLoadVersion(ServerState* state,
                       const v1::LoadVersionRequest& request,
                       v1::LoadVersionResponse* response, CallRecord* record,
                       const Done& done);

void HandleUnloadVersion(ServerState* state,
                         const v1::UnloadVersionRequest& request,
                         v1::UnloadVersionResponse* response,
                         CallRecord* record, const Done& done);

void HandleSetLabel(ServerState* state, const v1::SetLabelRequest& request,
                    v1::SetLabelResponse* response, CallRecord* record,
                    const Done& done);

void HandleCompareVersions(ServerState* state,
                           const v1::CompareVersionsRequest& request,
                           v1::CompareVersionsResponse* response,
                           CallRecord* record, const Done& done);

// These wait for nothing.
absl::Status HandleListModels(const ServerState& state,
                              const v1::ListModelsRequest& request,
                              v1::ListModelsResponse* response);

absl::Status HandleGetModel(const ServerState& state,
                            const v1::GetModelRequest& request,
                            v1::GetModelResponse* response);

absl::Status HandleGetRecall(const ServerState& state,
                             const v1::GetRecallRequest& request,
                             v1::GetRecallResponse* response);

absl::Status HandleGetServerInfo(const ServerState& state,
                                 const v1::GetServerInfoRequest& request,
                                 v1::GetServerInfoResponse* response);

}  // namespace akin::server

#endif  // AKIN_SERVER_HANDLERS_H_
