// What the targets of rpcs ask: a server without a socket. Their inputs are
// messages in protobuf's text format, which a mutation changes in small steps.

#ifndef AKIN_TESTS_FUZZ_FUZZ_SERVER_H_
#define AKIN_TESTS_FUZZ_FUZZ_SERVER_H_

#include <google/protobuf/message.h>

#include <string>

#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"
#include "server/handlers.h"
#include "server/server_state.h"
#include "tests/server/run_handler.h"

namespace akin {

// One a process, and its repository. Of model m versions 1 to 4 are sealed, 2
// (labelled canary), 3 and 4 (labelled stable) are served: tables words (in
// 4 a graph; 300 rows r0 to r299 of four numbers, attributes genre, tags, year,
// rating, seen and added) and users (20 rows u0 to u19, attribute seen: ids of
// words). Limits are low.
server::ServerState* FuzzServer();
const std::string& FuzzRepository();
// After what changes that: makes it so again.
void RestoreFuzzServer();

// Reads as much of `text` as can be read; nothing of what could not come from a
// client, as text that is not UTF-8. True: all of it, and there is something.
bool ReadMessage(absl::string_view text, google::protobuf::Message* message);

// An error is one of those that the rpcs name, never INTERNAL or UNKNOWN, with
// a sentence, and can be sent; so can an answer.
void RequireCanBeSent(const google::rpc::Status& end,
                      const google::protobuf::Message& response);

// True: the request was read whole and answered.
template <class Request, class Response>
bool Ask(server::Handler<Request, Response> handler, absl::string_view input,
         Request* request, Response* response) {
  const bool whole = ReadMessage(input, request);
  google::rpc::Status end;
  (void)server::RunHandler(handler, FuzzServer(), *request, response, &end);
  RequireCanBeSent(end, *response);
  return whole && end.code() == 0;
}

// The same, of those that wait for nothing.
template <class Request, class Response>
bool Ask(absl::Status (*handler)(const server::ServerState&, const Request&,
                                 Response*),
         absl::string_view input) {
  Request request;
  Response response;
  const bool whole = ReadMessage(input, &request);
  const absl::Status status = handler(*FuzzServer(), request, &response);
  RequireCanBeSent(server::ToRpcStatus(status), response);
  return whole && status.ok();
}

}  // namespace akin

#endif  // AKIN_TESTS_FUZZ_FUZZ_SERVER_H_
