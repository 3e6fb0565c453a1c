// absl::Status -> grpc::Status, once for all rpcs.

#ifndef AKIN_SERVER_GRPC_STATUS_H_
#define AKIN_SERVER_GRPC_STATUS_H_

#include "absl/status/status.h"

namespace grpc {
class Status;
}  // namespace grpc

namespace akin::server {

// Same code and message; the typed detail goes into the trailing metadata
// "grpc-status-details-bin".
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace akin::server

#endif  // AKIN_SERVER_GRPC_STATUS_H_
