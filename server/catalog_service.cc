#include "server/catalog_service.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "akin/v1/catalog_service.grpc.pb.h"
#include "server/handlers.h"
#include "server/unary_call.h"

namespace akin::server {
namespace {

class CatalogService final : public v1::CatalogService::CallbackService {
 public:
  explicit CatalogService(ServerState* state) : state_(*state) {}

  grpc::ServerUnaryReactor* ListModels(
      grpc::CallbackServerContext* context,
      const v1::ListModelsRequest* request,
      v1::ListModelsResponse* response) override {
    return UnaryCall::Start(
        &state_, Rpc::kListModels, context, [&](CallRecord*, const Done& done) {
          done(HandleListModels(state_, *request, response));
        });
  }

  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kGetModel, context,
                            [&](CallRecord*, const Done& done) {
                              done(HandleGetModel(state_, *request, response));
                            });
  }

  grpc::ServerUnaryReactor* GetServerInfo(
      grpc::CallbackServerContext* context,
      const v1::GetServerInfoRequest* request,
      v1::GetServerInfoResponse* response) override {
    return UnaryCall::Start(
        &state_, Rpc::kGetServerInfo, context,
        [&](CallRecord*, const Done& done) {
          done(HandleGetServerInfo(state_, *request, response));
        });
  }

 private:
  ServerState& state_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCatalogService(ServerState* state) {
  return std::make_unique<CatalogService>(state);
}

}  // namespace akin::server
