// The fake server itself, under a name that the tests' CMake file picks up.
#include "tests/client/fake_server.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "akin/v1/catalog_service.grpc.pb.h"
#include "akin/v1/search_service.grpc.pb.h"

namespace akin::client {

class FakeServer::Services final : public v1::SearchService::Service,
                                   public v1::CatalogService::Service {
 public:
  Services(FakeServer* fake, const std::string& address) : fake_(*fake) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(static_cast<v1::SearchService::Service*>(this));
    builder.RegisterService(static_cast<v1::CatalogService::Service*>(this));
    server_ = builder.BuildAndStart();
  }
  ~Services() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  bool started() const { return server_ != nullptr; }
  int port() const { return port_; }

  grpc::Status Search(grpc::ServerContext* context,
                      const v1::SearchRequest* request,
                      v1::SearchResponse* response) override {
    fake_.search_runs = true;
    while (fake_.search_hangs && !context->IsCancelled()) {
      absl::SleepFor(absl::Milliseconds(5));
    }
    fake_.search_runs = false;
    fake_.search_request = *request;
    *response = fake_.search_response;
    return status;
  }
  grpc::Status BatchSearch(grpc::ServerContext*,
                           const v1::BatchSearchRequest* request,
                           v1::BatchSearchResponse* response) override {
    fake_.batch_request = *request;
    fake_.batch_requests.push_back(*request);
    *response = fake_.batch_response;
    if (!fake_.batch_responses.empty()) {
      *response = fake_.batch_responses.front();
      fake_.batch_responses.pop_front();
    }
    return status;
  }
  grpc::Status GetVectors(grpc::ServerContext*,
                          const v1::GetVectorsRequest* request,
                          v1::GetVectorsResponse* response) override {
    fake_.vectors_request = *request;
    *response = fake_.vectors_response;
    if (!fake_.stored_vectors.empty()) return LookUp(*request, response);
    return status;
  }
  grpc::Status Score(grpc::ServerContext*, const v1::ScoreRequest* request,
                     v1::ScoreResponse* response) override {
    fake_.score_request = *request;
    *response = fake_.score_response;
    return status;
  }
  grpc::Status Explain(grpc::ServerContext*, const v1::ExplainRequest* request,
                       v1::ExplainResponse* response) override {
    fake_.explain_request = *request;
    *response = fake_.explain_response;
    return status;
  }
  grpc::Status ListIds(grpc::ServerContext*, const v1::ListIdsRequest* request,
                       v1::ListIdsResponse* response) override {
    fake_.list_requests.push_back(*request);
    if (!fake_.list_responses.empty()) {
      *response = fake_.list_responses.front();
      fake_.list_responses.pop_front();
    }
    return status;
  }
  grpc::Status ListModels(grpc::ServerContext* context,
                          const v1::ListModelsRequest*,
                          v1::ListModelsResponse* response) override {
    fake_.models_peers.insert(context->peer());
    *response = fake_.models_response;
    return status;
  }
  grpc::Status GetModel(grpc::ServerContext*,
                        const v1::GetModelRequest* request,
                        v1::GetModelResponse* response) override {
    fake_.model_request = *request;
    *response = fake_.model_response;
    if (!fake_.model_responses.empty()) {
      *response = fake_.model_responses.front();
      fake_.model_responses.pop_front();
    }
    return status;
  }
  grpc::Status GetRecall(grpc::ServerContext*,
                         const v1::GetRecallRequest* request,
                         v1::GetRecallResponse* response) override {
    fake_.recall_request = *request;
    *response = fake_.recall_response;
    if (!fake_.recall_failure.ok()) {
      return {static_cast<grpc::StatusCode>(fake_.recall_failure.code()),
              std::string(fake_.recall_failure.message())};
    }
    return status;
  }
  grpc::Status GetServerInfo(grpc::ServerContext*,
                             const v1::GetServerInfoRequest*,
                             v1::GetServerInfoResponse* response) override {
    *response = fake_.info_response;
    return status;
  }
  grpc::Status PlanLoad(grpc::ServerContext*,
                        const v1::PlanLoadRequest* request,
                        v1::PlanLoadResponse* response) override {
    fake_.plan_request = *request;
    *response = fake_.plan_response;
    return status;
  }
  grpc::Status LoadVersion(grpc::ServerContext*,
                           const v1::LoadVersionRequest* request,
                           v1::LoadVersionResponse* response) override {
    fake_.load_request = *request;
    *response = fake_.load_response;
    return status;
  }
  grpc::Status UnloadVersion(grpc::ServerContext*,
                             const v1::UnloadVersionRequest* request,
                             v1::UnloadVersionResponse* response) override {
    fake_.unload_request = *request;
    *response = fake_.unload_response;
    return status;
  }
  grpc::Status SetLabel(grpc::ServerContext*,
                        const v1::SetLabelRequest* request,
                        v1::SetLabelResponse* response) override {
    fake_.label_request = *request;
    *response = fake_.label_response;
    return status;
  }
  grpc::Status CompareVersions(grpc::ServerContext*,
                               const v1::CompareVersionsRequest* request,
                               v1::CompareVersionsResponse* response) override {
    fake_.compare_request = *request;
    *response = fake_.compare_response;
    return status;
  }

  grpc::Status status;

 private:
  grpc::Status LookUp(const v1::GetVectorsRequest& request,
                      v1::GetVectorsResponse* response) const {
    response->set_version(3);
    for (const std::string& id : request.ids()) {
      const auto found = fake_.stored_vectors.find(id);
      if (found == fake_.stored_vectors.end()) {
        v1::ErrorDetail detail;
        detail.mutable_unknown_name()->set_name(id);
        google::rpc::Status packed;
        packed.set_code(static_cast<int>(absl::StatusCode::kNotFound));
        packed.add_details()->PackFrom(detail);
        return {grpc::StatusCode::NOT_FOUND, "no id " + id,
                packed.SerializeAsString()};
      }
      v1::StoredVector* vector = response->add_vectors();
      vector->set_id(id);
      vector->mutable_values()->Add(found->second.begin(), found->second.end());
    }
    return status;
  }

  FakeServer& fake_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

FakeServer::FakeServer(const std::string& address)
    : services_(std::make_unique<Services>(this, address)) {
  EXPECT_TRUE(services_->started()) << address;
  address_ = absl::StartsWith(address, "unix:")
                 ? address
                 : absl::StrCat("127.0.0.1:", services_->port());
}

FakeServer::~FakeServer() = default;

void FakeServer::FailWith(absl::StatusCode code, const std::string& message,
                          const std::optional<v1::ErrorDetail>& detail) {
  google::rpc::Status packed;
  packed.set_code(static_cast<int>(code));
  packed.set_message(message);
  if (detail) packed.add_details()->PackFrom(*detail);
  FailWithRawDetails(code, message,
                     detail ? packed.SerializeAsString() : std::string());
}

void FakeServer::FailWithRawDetails(absl::StatusCode code,
                                    const std::string& message,
                                    const std::string& details) {
  services_->status =
      grpc::Status(static_cast<grpc::StatusCode>(code), message, details);
}

}  // namespace akin::client
