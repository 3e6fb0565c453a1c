// CatalogService over gRPC: each rpc hands its messages to its handler.

#ifndef AKIN_SERVER_CATALOG_SERVICE_H_
#define AKIN_SERVER_CATALOG_SERVICE_H_

#include <memory>

#include "server/open_streams.h"
#include "server/server_state.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace akin::server {

// `state` and `streams` must outlive the service. Destroying it ends the builds
// of imports.
std::unique_ptr<grpc::Service> MakeCatalogService(ServerState* state,
                                                  OpenStreams* streams);

}  // namespace akin::server

#endif  // AKIN_SERVER_CATALOG_SERVICE_H_
