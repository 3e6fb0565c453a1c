// Ends a unary call. Included by the services only: it needs gRPC's headers.

#ifndef AKIN_SERVER_FINISH_H_
#define AKIN_SERVER_FINISH_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "server/grpc_status.h"

namespace akin::server {

inline grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context,
                                        const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

}  // namespace akin::server

#endif  // AKIN_SERVER_FINISH_H_
