#include "server/search_service.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "akin/v1/search_service.grpc.pb.h"
#include "server/handlers.h"
#include "server/unary_call.h"

namespace akin::server {
namespace {

class SearchService final : public v1::SearchService::CallbackService {
 public:
  explicit SearchService(ServerState* state) : state_(*state) {}

  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context,
                                   const v1::SearchRequest* request,
                                   v1::SearchResponse* response) override {
    if (MayTakeLong(state_, *request)) {
      return UnaryCall::AnswerLater(
          &state_, *context, [this, request, response](const StopSignal* stop) {
            return HandleSearch(state_, *request, response, stop);
          });
    }
    const StopSignal stop(DeadlineOf(*context));
    return UnaryCall::Answer(&state_,
                             HandleSearch(state_, *request, response, &stop));
  }

  grpc::ServerUnaryReactor* BatchSearch(
      grpc::CallbackServerContext* context,
      const v1::BatchSearchRequest* request,
      v1::BatchSearchResponse* response) override {
    return UnaryCall::AnswerLater(
        &state_, *context, [this, request, response](const StopSignal* stop) {
          return HandleBatchSearch(&state_, *request, response, stop);
        });
  }

  grpc::ServerUnaryReactor* GetVectors(
      grpc::CallbackServerContext* /*context*/,
      const v1::GetVectorsRequest* request,
      v1::GetVectorsResponse* response) override {
    return UnaryCall::Answer(&state_,
                             HandleGetVectors(state_, *request, response));
  }

 private:
  ServerState& state_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSearchService(ServerState* state) {
  return std::make_unique<SearchService>(state);
}

}  // namespace akin::server
