// The rpcs about versions, of a server without a socket.

#ifndef AKIN_TESTS_SERVER_VERSION_RPC_FIXTURE_H_
#define AKIN_TESTS_SERVER_VERSION_RPC_FIXTURE_H_

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "server/call_deadline.h"
#include "server/error_detail.h"
#include "server/handlers.h"
#include "tests/server/keeper_fixture.h"

namespace akin::server {

template <class Request, class Response>
using Handler = void (*)(ServerState*, const Request&, Response*, CallRecord*,
                         const Done&);

// Runs a call to its end, wherever that is. With its detail: what TSan does
// not see the library count is copied.
template <class Request, class Response>
absl::Status Call(ServerState* state, Handler<Request, Response> handler,
                  const Request& request, Response* response,
                  CallRecord* record, google::rpc::Status* rpc = nullptr) {
  std::promise<google::rpc::Status> ended;
  handler(state, request, response, record, [&](const absl::Status& status) {
    ended.set_value(ToRpcStatus(status));
  });
  const google::rpc::Status end = ended.get_future().get();
  if (rpc != nullptr) *rpc = end;
  return {static_cast<absl::StatusCode>(end.code()), end.message()};
}

template <class Request, class Response>
absl::Status Call(ServerState* state, Handler<Request, Response> handler,
                  const Request& request, Response* response,
                  google::rpc::Status* rpc = nullptr) {
  CallRecord record(Rpc::kSearch, DeadlineAfter(600), &state->stats,
                    &state->access_log);
  return Call(state, handler, request, response, &record, rpc);
}

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
    return Call(state_.get(), HandleSetLabel, request, response, rpc);
  }
  absl::Status Compare(const v1::CompareVersionsRequest& request,
                       v1::CompareVersionsResponse* response) {
    return Call(state_.get(), HandleCompareVersions, request, response);
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
    EXPECT_THAT(Call(state_.get(), HandleSearch, request, &response), IsOk());
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
