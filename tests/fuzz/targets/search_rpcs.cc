// The requests of SearchService. What is searched is small: the conversion of
// what came, and its checks, are what an input meets.

#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "akin/v1/search_service.pb.h"
#include "index/base/mutex.h"
#include "server/call_deadline.h"
#include "server/search_stream.h"
#include "tests/fuzz/fuzz_server.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/promises.h"

namespace akin {
namespace {

using google::protobuf::RepeatedPtrField;

constexpr int kMostK = 50;  // of FuzzServer

void CheckHits(const RepeatedPtrField<v1::Hit>& hits, uint32_t k) {
  Require(hits.size() <= kMostK && static_cast<uint32_t>(hits.size()) <= k,
          "at most k hits");
  std::set<absl::string_view> ids;
  for (const v1::Hit& hit : hits) {
    Require(!hit.id().empty() && ids.insert(hit.id()).second,
            "a hit has an id, and no other has it");
    Require(std::isfinite(hit.score()), "a score is finite");
  }
}

bool ReadSearch(absl::string_view input) {
  v1::SearchRequest request;
  v1::SearchResponse response;
  const bool good = Ask(server::HandleSearch, input, &request, &response);
  if (good) CheckHits(response.hits(), request.options().k());
  return good;
}

bool ReadBatchSearch(absl::string_view input) {
  v1::BatchSearchRequest request;
  v1::BatchSearchResponse response;
  const bool good = Ask(server::HandleBatchSearch, input, &request, &response);
  if (!good) return false;
  if (request.flat()) {
    int64_t hits = 0;
    for (const uint32_t of_query : response.flat().hits()) hits += of_query;
    Require(response.flat().ids_size() == hits &&
                response.flat().scores_size() == hits,
            "an id and a score for each hit");
    return true;
  }
  Require(request.queries_size() == 0 ||
              request.queries_size() == response.results_size(),
          "a result for each query");
  for (const v1::BatchResult& result : response.results()) {
    CheckHits(result.hits(), request.options().k());
  }
  return true;
}

// A caller on this thread, who has sent all that he will send, and reads.
class Caller : public server::StreamPort {
 public:
  explicit Caller(absl::string_view input) {
    for (const absl::string_view text : absl::StrSplit(input, "\n---\n")) {
      whole_ = ReadMessage(text, &requests_.emplace_back()) && whole_;
    }
  }

  // How it ended.
  absl::Status Run(server::SearchStream* stream) {
    stream->Start();
    while (true) {
      std::function<void(server::SearchStream*)> event;
      {
        MutexLock lock(&mutex_);
        while (events_.empty() && !ended_.has_value()) wake_.Wait(&mutex_);
        if (events_.empty()) return *ended_;
        event = std::move(events_.front());
        events_.pop_front();
      }
      event(stream);
    }
  }
  bool whole() const { return whole_; }
  size_t answered() {
    MutexLock lock(&mutex_);
    return answered_;
  }

  void Read(v1::StreamSearchRequest* into) override {
    MutexLock lock(&mutex_);
    const bool more = !requests_.empty();
    if (more) {
      *into = std::move(requests_.front());
      requests_.pop_front();
    }
    Post([more](server::SearchStream* stream) { stream->OnRead(more); });
  }
  void Write(const v1::StreamSearchResponse& response, bool /*more*/) override {
    RequireCanBeSent({}, response);
    MutexLock lock(&mutex_);
    answered_ += response.has_response() ? 1 : 0;
    Post([](server::SearchStream* stream) { stream->OnWritten(true); });
  }
  void Finish(const absl::Status& status) override {
    MutexLock lock(&mutex_);
    ended_ = absl::Status(status.code(), status.message());
    wake_.NotifyAll();
  }

 private:
  void Post(std::function<void(server::SearchStream*)> event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    events_.push_back(std::move(event));
    wake_.NotifyAll();
  }

  bool whole_ = true;
  Mutex mutex_;
  CondVar wake_;
  std::deque<v1::StreamSearchRequest> requests_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::function<void(server::SearchStream*)>> events_
      ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> ended_ ABSL_GUARDED_BY(mutex_);
  size_t answered_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Messages with a line of --- between them.
bool ReadStreamSearch(absl::string_view input) {
  Caller caller(input);
  server::SearchStream stream(FuzzServer(), server::DeadlineAfter(600),
                              &caller);
  const absl::Status end = caller.Run(&stream);
  RequireCanBeSent(server::ToRpcStatus(end), v1::StreamSearchResponse());
  return caller.whole() && end.ok() && caller.answered() > 0;
}

bool ReadGetVectors(absl::string_view input) {
  v1::GetVectorsRequest request;
  v1::GetVectorsResponse response;
  const bool good = Ask(server::HandleGetVectors, input, &request, &response);
  if (!good) return false;
  Require(request.ids_size() == response.vectors_size(), "a vector for each");
  for (const v1::StoredVector& vector : response.vectors()) {
    Require(vector.values_size() == 0 || vector.values_size() == 4,
            "a vector of the table, or none");
  }
  return true;
}

bool ReadScore(absl::string_view input) {
  v1::ScoreRequest request;
  v1::ScoreResponse response;
  const bool good = Ask(server::HandleScore, input, &request, &response);
  if (!good) return false;
  Require(
      request.ids_size() == 0 || request.ids_size() == response.scores_size(),
      "a score for each id");
  return true;
}

bool ReadExplain(absl::string_view input) {
  v1::ExplainRequest request;
  v1::ExplainResponse response;
  const bool good = Ask(server::HandleExplain, input, &request, &response);
  Require(!good || response.rank() <= 301, "a rank in the table");
  return good;
}

bool ReadListIds(absl::string_view input) {
  v1::ListIdsRequest request;
  v1::ListIdsResponse response;
  const bool good = Ask(server::HandleListIds, input, &request, &response);
  if (!good) return false;
  const std::set<absl::string_view> ids(response.ids().begin(),
                                        response.ids().end());
  Require(static_cast<int>(ids.size()) == response.ids_size(),
          "an id comes once");
  if (response.next_page_token().empty()) return true;
  request.set_page_token(response.next_page_token());
  v1::ListIdsResponse next;
  Require(
      server::RunHandler(server::HandleListIds, FuzzServer(), request, &next)
          .ok(),
      "there is a next page");
  for (const std::string& id : next.ids()) {
    Require(ids.count(id) == 0, "which has other ids");
  }
  return true;
}

constexpr FuzzTarget kTargets[] = {
    {"rpc_search", ReadSearch},
    {"rpc_batch_search", ReadBatchSearch},
    {"rpc_stream_search", ReadStreamSearch},
    {"rpc_get_vectors", ReadGetVectors},
    {"rpc_score", ReadScore},
    {"rpc_explain", ReadExplain},
    {"rpc_list_ids", ReadListIds},
};

}  // namespace

absl::Span<const FuzzTarget> SearchRpcTargets() { return kTargets; }

}  // namespace akin
