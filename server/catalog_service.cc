#include "server/catalog_service.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <memory>

#include "akin/v1/catalog_service.grpc.pb.h"
#include "server/handlers.h"
#include "server/import_stream.h"
#include "server/imports.h"
#include "server/unary_call.h"

namespace akin::server {
namespace {

// Deletes itself when the stream has ended.
class ImportCall final
    : public grpc::ServerBidiReactor<v1::ImportVersionRequest,
                                     v1::ImportVersionResponse>,
      private ImportPort {
 public:
  ImportCall(ServerState* state, Imports* imports, OpenStreams* streams,
             grpc::CallbackServerContext* context)
      : streams_(*streams),
        access_(AccessTo(*state, Rpc::kImportVersion, *context)),
        stream_(std::make_shared<ImportStream>(
            state, imports, DeadlineOf(context->deadline(), kNoLimitSeconds),
            static_cast<ImportPort*>(this), access_.get(), TraceOf(*context))) {
    EchoRequestId(context);
    stream_->Start();
    streams_.Add(stream_.get());
  }

  void OnReadDone(bool ok) override { stream_->OnRead(ok); }
  void OnWriteDone(bool ok) override { stream_->OnWritten(ok); }
  void OnCancel() override { stream_->OnCancel(); }
  void OnDone() override {
    streams_.Remove(stream_.get());
    delete this;
  }

 private:
  // A build takes as long as it takes.
  static constexpr double kNoLimitSeconds = 100.0 * 365 * 24 * 3600;

  void Read(v1::ImportVersionRequest* into) override { StartRead(into); }
  void Write(const v1::ImportVersionResponse& response) override {
    StartWrite(&response);
  }
  // gRPC ends a read that is under way then, and calls OnDone after that.
  void Finish(const absl::Status& status) override {
    ServerBidiReactor::Finish(
        ToGrpcStatus(access_ == nullptr ? status : access_->End(status)));
  }

  OpenStreams& streams_;
  const std::unique_ptr<CallAccess> access_;
  const std::shared_ptr<ImportStream> stream_;
};

class CatalogService final : public v1::CatalogService::CallbackService {
 public:
  CatalogService(ServerState* state, OpenStreams* streams)
      : state_(*state),
        streams_(*streams),
        imports_({.repository = state->config.repository(),
                  .published =
                      [state] {
                        if (state->keeper != nullptr) state->keeper->Wake();
                      }},
                 Imports::kMostSilence, &state->stats.imports) {}

  grpc::ServerUnaryReactor* ListModels(
      grpc::CallbackServerContext* context,
      const v1::ListModelsRequest* request,
      v1::ListModelsResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kListModels, context, *request,
                            [&](CallRecord*, const Done& done) {
                              const absl::Status status =
                                  HandleListModels(state_, *request, response);
                              KeepThoseOf(*context, response);
                              done(status);
                            });
  }

  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kGetModel, context, *request,
                            [&](CallRecord*, const Done& done) {
                              done(HandleGetModel(state_, *request, response));
                            });
  }

  grpc::ServerUnaryReactor* GetRecall(
      grpc::CallbackServerContext* context, const v1::GetRecallRequest* request,
      v1::GetRecallResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kGetRecall, context, *request,
                            [&](CallRecord*, const Done& done) {
                              done(HandleGetRecall(state_, *request, response));
                            });
  }

  grpc::ServerBidiReactor<v1::ImportVersionRequest, v1::ImportVersionResponse>*
  ImportVersion(grpc::CallbackServerContext* context) override {
    return new ImportCall(&state_, &imports_, &streams_, context);
  }

  grpc::ServerUnaryReactor* GetServerInfo(
      grpc::CallbackServerContext* context,
      const v1::GetServerInfoRequest* request,
      v1::GetServerInfoResponse* response) override {
    return UnaryCall::Start(
        &state_, Rpc::kGetServerInfo, context, *request,
        [&](CallRecord*, const Done& done) {
          done(HandleGetServerInfo(state_, *request, response));
        });
  }

  grpc::ServerUnaryReactor* PlanLoad(grpc::CallbackServerContext* context,
                                     const v1::PlanLoadRequest* request,
                                     v1::PlanLoadResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kPlanLoad, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandlePlanLoad(&state_, *request, response,
                                             record, done);
                            });
  }

  grpc::ServerUnaryReactor* LoadVersion(
      grpc::CallbackServerContext* context,
      const v1::LoadVersionRequest* request,
      v1::LoadVersionResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kLoadVersion, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandleLoadVersion(&state_, *request, response,
                                                record, done);
                            });
  }

  grpc::ServerUnaryReactor* UnloadVersion(
      grpc::CallbackServerContext* context,
      const v1::UnloadVersionRequest* request,
      v1::UnloadVersionResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kUnloadVersion, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandleUnloadVersion(&state_, *request, response,
                                                  record, done);
                            });
  }

  grpc::ServerUnaryReactor* SetLabel(grpc::CallbackServerContext* context,
                                     const v1::SetLabelRequest* request,
                                     v1::SetLabelResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kSetLabel, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandleSetLabel(&state_, *request, response,
                                             record, done);
                            });
  }

  grpc::ServerUnaryReactor* CompareVersions(
      grpc::CallbackServerContext* context,
      const v1::CompareVersionsRequest* request,
      v1::CompareVersionsResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kCompareVersions, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandleCompareVersions(&state_, *request, response,
                                                    record, done);
                            });
  }

 private:
  // Leaves those models that the caller may know of.
  void KeepThoseOf(const grpc::CallbackServerContext& context,
                   v1::ListModelsResponse* response) const {
    const auto access = AccessTo(state_, Rpc::kListModels, context);
    if (access == nullptr) return;
    auto* models = response->mutable_models();
    models->erase(std::remove_if(models->begin(), models->end(),
                                 [&](const v1::Model& model) {
                                   return !access->MayUse(model.name());
                                 }),
                  models->end());
  }

  ServerState& state_;
  OpenStreams& streams_;
  Imports imports_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCatalogService(ServerState* state,
                                                  OpenStreams* streams) {
  return std::make_unique<CatalogService>(state, streams);
}

}  // namespace akin::server
