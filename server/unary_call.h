// One unary call of ours. Included by the services only: it needs gRPC's
// headers.

#ifndef AKIN_SERVER_UNARY_CALL_H_
#define AKIN_SERVER_UNARY_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/auth/call_access.h"
#include "server/call_deadline.h"
#include "server/call_record.h"
#include "server/grpc_status.h"
#include "server/handlers.h"
#include "server/log/call_trace.h"
#include "server/overload.h"
#include "server/server_state.h"

namespace akin::server {

inline absl::string_view MetadataOf(const grpc::CallbackServerContext& context,
                                    const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

// Sends the caller's x-request-id back with what ends the call, if there was
// one that can be. Reading a call's metadata allocates.
inline void EchoRequestId(grpc::CallbackServerContext* context) {
  const absl::string_view id = MetadataOf(*context, kRequestIdKey);
  if (IsRequestId(id)) {
    context->AddTrailingMetadata(kRequestIdKey, std::string(id));
  }
}

// Of a stream, which says it once: who it is from.
inline CallTrace TraceOf(const grpc::CallbackServerContext& context) {
  return TraceFrom(MetadataOf(context, kRequestIdKey),
                   MetadataOf(context, kTraceparentKey));
}

// Null: nobody asks who calls `rpc`, and nothing is to be said of it.
inline std::unique_ptr<CallAccess> AccessTo(
    const ServerState& state, Rpc rpc,
    const grpc::CallbackServerContext& context) {
  if (state.security == nullptr || !state.security->Concerns(rpc)) {
    return nullptr;
  }
  return std::make_unique<CallAccess>(state.security.get(), rpc, context);
}

// Lives until its answer is out; deletes itself then.
class UnaryCall : public grpc::ServerUnaryReactor, private TraceSource {
 public:
  // Calls handler(record, done), which calls `done` once, now or later and on
  // any thread; but only if the caller may use the model of `request`.
  template <class Request, class Handler>
  static UnaryCall* Start(ServerState* state, Rpc rpc,
                          grpc::CallbackServerContext* context,
                          const Request& request, const Handler& handler) {
    auto* call = new UnaryCall(state, rpc, context);
    if (call->access_ != nullptr) {
      const absl::Status admitted = call->access_->Admit(ModelOf(request));
      if (!admitted.ok()) {
        call->End(admitted);
        return call;
      }
    }
    handler(&call->record_,
            [call](const absl::Status& status) { call->End(status); });
    return call;
  }

  // OnDone comes after it, and after Finish.
  void OnCancel() override { record_.Cancel(); }

  void OnDone() override { delete this; }

 private:
  UnaryCall(ServerState* state, Rpc rpc, grpc::CallbackServerContext* context)
      : context_(*context),
        record_(rpc,
                DeadlineOf(context->deadline(),
                           state->config.max_deadline_seconds()),
                &state->stats, &state->access_log),
        access_(AccessTo(*state, rpc, *context)),
        echoes_(state->config.request_ids() == "always") {
    record_.set_trace(this);
  }

  // For the record's line; the context outlives OnDone.
  CallTrace Get() const override { return TraceOf(context_); }

  void End(const absl::Status& status) {
    record_.SetStatus(status);
    if (const auto wait = RetryAfter(status)) {
      context_.AddTrailingMetadata("grpc-retry-pushback-ms",
                                   absl::StrCat(wait->count()));
    }
    if (echoes_ || record_.chosen() || !status.ok()) EchoRequestId(&context_);
    Finish(ToGrpcStatus(access_ == nullptr ? status : access_->End(status)));
  }

  grpc::CallbackServerContext& context_;
  CallRecord record_;
  std::unique_ptr<CallAccess> access_;
  const bool echoes_;  // the request id of every call
};

}  // namespace akin::server

#endif  // AKIN_SERVER_UNARY_CALL_H_
