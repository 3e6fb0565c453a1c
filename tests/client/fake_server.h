// A server of canned answers in the test's own process.
#ifndef TESTS_CLIENT_FAKE_SERVER_H_
#define TESTS_CLIENT_FAKE_SERVER_H_

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/error.pb.h"
#include "akin/v1/search_service.pb.h"

namespace akin::client {

// Answers every rpc with the response set here, or fails it, and keeps the last
// request of each kind. Not to be changed during a call.
class FakeServer {
 public:
  // Listens on a free port, or at `address`, which is then unix:PATH.
  explicit FakeServer(const std::string& address = "127.0.0.1:0");
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  const std::string& address() const { return address_; }

  // From now on every rpc fails, with `detail` packed as the real server does.
  void FailWith(absl::StatusCode code, const std::string& message,
                const std::optional<v1::ErrorDetail>& detail = std::nullopt);
  // As above, with anything for details.
  void FailWithRawDetails(absl::StatusCode code, const std::string& message,
                          const std::string& details);

  // Search hangs until the call is cancelled or late.
  bool search_hangs = false;
  std::atomic<bool> search_runs = false;
  // The connections that ListModels was called on.
  std::set<std::string> models_peers;

  v1::SearchRequest search_request;
  v1::SearchResponse search_response;
  v1::BatchSearchRequest batch_request;
  v1::BatchSearchResponse batch_response;
  // BatchSearch answers these first, one a call.
  std::deque<v1::BatchSearchResponse> batch_responses;
  std::vector<v1::BatchSearchRequest> batch_requests;  // all of them
  v1::GetVectorsRequest vectors_request;
  v1::GetVectorsResponse vectors_response;
  // If there are any, GetVectors looks its ids up here and answers with version
  // 3; an unknown one is NOT_FOUND with its name as detail.
  std::map<std::string, std::vector<float>> stored_vectors;
  v1::ScoreRequest score_request;
  v1::ScoreResponse score_response;
  v1::ExplainRequest explain_request;
  v1::ExplainResponse explain_response;
  std::vector<v1::ListIdsRequest> list_requests;  // all of them
  // ListIds answers these, one a call, and then nothing.
  std::deque<v1::ListIdsResponse> list_responses;
  v1::ListModelsResponse models_response;
  v1::GetModelRequest model_request;
  v1::GetModelResponse model_response;
  // GetModel answers these first, one a call.
  std::deque<v1::GetModelResponse> model_responses;
  v1::GetServerInfoResponse info_response;
  v1::GetRecallRequest recall_request;
  v1::GetRecallResponse recall_response;
  absl::Status recall_failure;  // of GetRecall alone
  v1::PlanLoadRequest plan_request;
  v1::PlanLoadResponse plan_response;
  v1::LoadVersionRequest load_request;
  v1::LoadVersionResponse load_response;
  v1::UnloadVersionRequest unload_request;
  v1::UnloadVersionResponse unload_response;
  v1::SetLabelRequest label_request;
  v1::SetLabelResponse label_response;
  v1::CompareVersionsRequest compare_request;
  v1::CompareVersionsResponse compare_response;

 private:
  class Services;

  std::string address_;
  std::unique_ptr<Services> services_;
};

}  // namespace akin::client

#endif  // TESTS_CLIENT_FAKE_SERVER_H_
