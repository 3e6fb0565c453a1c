// One unary call of ours. Included by the services only: it needs gRPC's
// headers.

#ifndef AKIN_SERVER_UNARY_CALL_H_
#define AKIN_SERVER_UNARY_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "index/search/stop_signal.h"
#include "server/grpc_status.h"
#include "server/server_state.h"

namespace akin::server {

// When the caller stops waiting.
inline StopSignal::Clock::time_point DeadlineOf(
    const grpc::CallbackServerContext& context) {
  using Clock = StopSignal::Clock;
  // gRPC counts by the wall clock, and says "never" by its last moment.
  const auto left = context.deadline() - std::chrono::system_clock::now();
  if (left > std::chrono::hours(24 * 365)) return Clock::time_point::max();
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(left);
}

// Counts the call as in flight until its answer is out; deletes itself then.
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  // Answers at once, on gRPC's thread: for calls that are short.
  static UnaryCall* Answer(ServerState* state, const absl::Status& status) {
    auto* call = new UnaryCall(state);
    call->Finish(ToGrpcStatus(status));
    return call;
  }

  // Answers with what `handler` returns, on a thread for long calls. The signal
  // it gets says when the call is late or cancelled; gRPC tells us of the
  // latter only while its own threads are free.
  static UnaryCall* AnswerLater(
      ServerState* state, const grpc::CallbackServerContext& context,
      std::function<absl::Status(const StopSignal*)> handler) {
    auto* call = new UnaryCall(state, DeadlineOf(context));
    const bool runs =
        state->long_calls.Run([call, handler = std::move(handler)] {
          call->Finish(ToGrpcStatus(handler(&call->stop_)));
        });
    if (!runs) {
      call->Finish(ToGrpcStatus(absl::ResourceExhaustedError(
          "too many long calls wait to be answered; try again later")));
    }
    return call;
  }

  // OnDone comes after it, and after Finish.
  void OnCancel() override { stop_.Cancel(); }

  void OnDone() override { delete this; }

 private:
  explicit UnaryCall(ServerState* state,
                     StopSignal::Clock::time_point deadline =
                         StopSignal::Clock::time_point::max())
      : state_(*state), stop_(deadline) {
    ++state_.calls_in_flight;
  }
  ~UnaryCall() override { --state_.calls_in_flight; }

  ServerState& state_;
  StopSignal stop_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_UNARY_CALL_H_
