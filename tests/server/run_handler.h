// Runs an rpc's handler to its end, wherever that is.

#ifndef AKIN_TESTS_SERVER_RUN_HANDLER_H_
#define AKIN_TESTS_SERVER_RUN_HANDLER_H_

#include <future>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "server/call_deadline.h"
#include "server/error_detail.h"
#include "server/handlers.h"

namespace akin::server {

template <class Request, class Response>
using Handler = void (*)(ServerState*, const Request&, Response*, CallRecord*,
                         const Done&);

// `rpc`, if not null, gets the end as a caller would.
template <class Request, class Response>
absl::Status RunHandler(Handler<Request, Response> handler, ServerState* state,
                        const Request& request, Response* response,
                        CallRecord* record,
                        google::rpc::Status* rpc = nullptr) {
  // What TSan does not see the library count is copied.
  std::promise<google::rpc::Status> ended;
  handler(state, request, response, record, [&](const absl::Status& status) {
    ended.set_value(ToRpcStatus(status));
  });
  const google::rpc::Status end = ended.get_future().get();
  if (rpc != nullptr) *rpc = end;
  absl::Status status(static_cast<absl::StatusCode>(end.code()), end.message());
  record->SetStatus(status);
  return status;
}

// As one call, with a record of its own.
template <class Request, class Response>
absl::Status RunHandler(Handler<Request, Response> handler, ServerState* state,
                        const Request& request, Response* response,
                        google::rpc::Status* rpc = nullptr) {
  CallRecord record(Rpc::kSearch, DeadlineAfter(600), &state->stats,
                    &state->access_log);
  return RunHandler(handler, state, request, response, &record, rpc);
}

}  // namespace akin::server

#endif  // AKIN_TESTS_SERVER_RUN_HANDLER_H_
