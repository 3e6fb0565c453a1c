// Runs an rpc's handler to its end, wherever that is.

#ifndef AKIN_TESTS_SERVER_RUN_HANDLER_H_
#define AKIN_TESTS_SERVER_RUN_HANDLER_H_

#include <future>

#include "absl/status/status.h"
#include "server/call_deadline.h"
#include "server/handlers.h"

namespace akin::server {

template <class Request, class Response>
using Handler = void (*)(ServerState*, const Request&, Response*, CallRecord*,
                         const Done&);

template <class Request, class Response>
absl::Status RunHandler(Handler<Request, Response> handler, ServerState* state,
                        const Request& request, Response* response,
                        CallRecord* record) {
  std::promise<absl::Status> ended;
  handler(state, request, response, record, [&](const absl::Status& status) {
    // A copy of its own: TSan does not see the library count.
    ended.set_value(absl::Status(status.code(), status.message()));
  });
  absl::Status status = ended.get_future().get();
  record->SetStatus(status);
  return status;
}

// As one call, with a record of its own.
template <class Request, class Response>
absl::Status RunHandler(Handler<Request, Response> handler, ServerState* state,
                        const Request& request, Response* response) {
  CallRecord record(Rpc::kSearch, DeadlineAfter(60), &state->stats,
                    &state->access_log);
  return RunHandler(handler, state, request, response, &record);
}

}  // namespace akin::server

#endif  // AKIN_TESTS_SERVER_RUN_HANDLER_H_
