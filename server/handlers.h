// What each rpc does, from message to message; no socket, no gRPC.
//
// A handler reads top to bottom: convert, pin one version, run, convert back.
// Thread-safe. On an error the response is unspecified. `stop`, which may be
// null, says when the caller does not wait for the answer any more.

#ifndef AKIN_SERVER_HANDLERS_H_
#define AKIN_SERVER_HANDLERS_H_

#include "absl/status/status.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/search_service.pb.h"
#include "index/search/stop_signal.h"
#include "server/server_state.h"

namespace akin::server {

// Whether a search must not be answered on one of gRPC's few threads, for it
// may keep that busy for more than a millisecond: nobody would hear of a
// cancelled call, and health would not be answered. False for a request that
// will fail.
bool MayTakeLong(const ServerState& state, const v1::SearchRequest& request);

absl::Status HandleSearch(const ServerState& state,
                          const v1::SearchRequest& request,
                          v1::SearchResponse* response,
                          const StopSignal* stop = nullptr);

absl::Status HandleBatchSearch(ServerState* state,
                               const v1::BatchSearchRequest& request,
                               v1::BatchSearchResponse* response,
                               const StopSignal* stop = nullptr);

absl::Status HandleGetVectors(const ServerState& state,
                              const v1::GetVectorsRequest& request,
                              v1::GetVectorsResponse* response);

absl::Status HandleListModels(const ServerState& state,
                              const v1::ListModelsRequest& request,
                              v1::ListModelsResponse* response);

absl::Status HandleGetModel(const ServerState& state,
                            const v1::GetModelRequest& request,
                            v1::GetModelResponse* response);

absl::Status HandleGetServerInfo(const ServerState& state,
                                 const v1::GetServerInfoRequest& request,
                                 v1::GetServerInfoResponse* response);

}  // namespace akin::server

#endif  // AKIN_SERVER_HANDLERS_H_
