// CatalogService over gRPC: each rpc hands its messages to its handler.

#ifndef AKIN_SERVER_CATALOG_SERVICE_H_
#define AKIN_SERVER_CATALOG_SERVICE_H_

#include <memory>

#include "server/server_state.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace akin::server {

// `state` must outlive the service.
std::unique_ptr<grpc::Service> MakeCatalogService(ServerState* state);

}  // namespace akin::server

#endif  // AKIN_SERVER_CATALOG_SERVICE_H_
