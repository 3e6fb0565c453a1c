#include "server/grpc_status.h"

#include <grpcpp/support/status.h>

#include <string>

#include "server/error_detail.h"

namespace akin::server {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc = ToRpcStatus(status);
  return grpc::Status(
      static_cast<grpc::StatusCode>(rpc.code()), rpc.message(),
      rpc.details().empty() ? std::string() : rpc.SerializeAsString());
}

}  // namespace akin::server
