// The rpcs about versions, of a server without a socket.

#ifndef AKIN_TESTS_SERVER_VERSION_RPC_FIXTURE_H_
#define AKIN_TESTS_SERVER_VERSION_RPC_FIXTURE_H_

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "server/handlers.h"
#include "tests/server/keeper_fixture.h"
#include "tests/server/run_handler.h"

namespace akin::server {

inline Config ConfigOf(const std::string& repository) {
  Config config;
  config.set_threads(2);
  config.set_repository(repository);
  return config;
}

class VersionRpcFixture : public KeeperFixture {
 protected:
  // After what is sealed by then.
  void Start() {
    state_ = std::make_unique<ServerState>(
        ConfigOf(repository_), nullptr,
        [this](const std::string& line, bool is_error) {
          MutexLock lock(&mutex_);
          (is_error ? errors_ : lines_).push_back(line);
        });
    Look();
    state_->phase = Phase::kServing;
  }
  void Look() { ASSERT_THAT(state_->keeper->Look(&pool_), IsOk()); }

  absl::Status SetLabel(const v1::SetLabelRequest& request,
                        v1::SetLabelResponse* response,
                        google::rpc::Status* rpc = nullptr) {
    return RunHandler(HandleSetLabel, state_.get(), request, response, rpc);
  }
  absl::Status Compare(const v1::CompareVersionsRequest& request,
                       v1::CompareVersionsResponse* response) {
    return RunHandler(HandleCompareVersions, state_.get(), request, response);
  }
  v1::Model GetModel() {
    v1::GetModelRequest request;
    request.set_model("m");
    v1::GetModelResponse response;
    EXPECT_THAT(HandleGetModel(*state_, request, &response), IsOk());
    return response.model();
  }
  static v1::SetLabelRequest Label(const std::string& label, int64_t version) {
    v1::SetLabelRequest request;
    request.set_model("m");
    request.set_label(label);
    request.set_version(version);
    return request;
  }
  int64_t Answers(const std::string& routing_key) {
    v1::SearchRequest request;
    request.set_model("m");
    request.set_table("items");
    request.set_routing_key(routing_key);
    request.mutable_query()->mutable_id()->set_id("all");
    request.mutable_options()->set_k(5);
    v1::SearchResponse response;
    EXPECT_THAT(RunHandler(HandleSearch, state_.get(), request, &response),
                IsOk());
    return response.version();
  }

  std::unique_ptr<ServerState> state_;
};

// Keeps a thread of tasks busy until it goes.
class Busy {
 public:
  explicit Busy(TaskThread* thread) {
    std::promise<void> begun;
    EXPECT_THAT(thread->Submit([&begun, open = open_.get_future().share()] {
      begun.set_value();
      open.wait();
    }),
                IsOk());
    begun.get_future().wait();
  }
  ~Busy() { open_.set_value(); }

 private:
  std::promise<void> open_;
};

}  // namespace akin::server

#endif  // AKIN_TESTS_SERVER_VERSION_RPC_FIXTURE_H_
