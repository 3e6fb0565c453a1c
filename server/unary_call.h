// One unary call of ours. Included by the services only: it needs gRPC's
// headers.

#ifndef AKIN_SERVER_UNARY_CALL_H_
#define AKIN_SERVER_UNARY_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "server/grpc_status.h"
#include "server/server_state.h"

namespace akin::server {

// Counts the call as in flight until its answer is out; deletes itself then.
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  // Answers at once, on gRPC's thread: for calls that are short.
  static UnaryCall* Answer(ServerState* state, const absl::Status& status) {
    auto* call = new UnaryCall(state);
    call->Finish(ToGrpcStatus(status));
    return call;
  }

  // Answers with what `handler` returns, on a thread for long calls.
  static UnaryCall* AnswerLater(ServerState* state,
                                std::function<absl::Status()> handler) {
    auto* call = new UnaryCall(state);
    const bool runs =
        state->long_calls.Run([call, handler = std::move(handler)] {
          call->Finish(ToGrpcStatus(handler()));
        });
    if (!runs) {
      call->Finish(ToGrpcStatus(absl::ResourceExhaustedError(
          "too many batches wait to be answered; try again later")));
    }
    return call;
  }

  void OnDone() override { delete this; }

 private:
  explicit UnaryCall(ServerState* state) : state_(*state) {
    ++state_.calls_in_flight;
  }
  ~UnaryCall() override { --state_.calls_in_flight; }

  ServerState& state_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_UNARY_CALL_H_
