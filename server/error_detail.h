// absl::Status -> google.rpc.Status, with the typed detail a client can act on.

#ifndef AKIN_SERVER_ERROR_DETAIL_H_
#define AKIN_SERVER_ERROR_DETAIL_H_

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace akin::server {

// absl's codes are gRPC's codes. `details` holds one akin.v1.ErrorDetail when
// the error has facts (index/base/error_facts.h), and is empty otherwise.
google::rpc::Status ToRpcStatus(const absl::Status& status);

}  // namespace akin::server

#endif  // AKIN_SERVER_ERROR_DETAIL_H_
