// absl::Status -> google.rpc.Status, with the typed detail a client can act on.

#ifndef AKIN_SERVER_ERROR_DETAIL_H_
#define AKIN_SERVER_ERROR_DETAIL_H_

#include "absl/status/status.h"
#include "akin/v1/error.pb.h"
#include "google/rpc/status.pb.h"

namespace akin::server {

// `status` with `detail`, for those that only the server knows of.
absl::Status WithDetail(absl::Status status, const v1::ErrorDetail& detail);

// absl's codes are gRPC's codes. `details` holds one akin.v1.ErrorDetail when
// the error has facts (index/base/error_facts.h) or was given one above, and is
// empty otherwise.
google::rpc::Status ToRpcStatus(const absl::Status& status);

}  // namespace akin::server

#endif  // AKIN_SERVER_ERROR_DETAIL_H_
