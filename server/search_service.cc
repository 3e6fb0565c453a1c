#include "server/search_service.h"

#include <google/protobuf/arena.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/message_allocator.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "akin/v1/search_service.grpc.pb.h"
#include "server/handlers.h"
#include "server/search_stream.h"
#include "server/unary_call.h"

namespace akin::server {
namespace {

// The messages of one call, on an arena: a batch is thousands of small ones,
// and ten hits are twenty allocations. The first of it lies in the object
// itself, which is too large for malloc's fast lists: a thread keeps a few.
template <class Request, class Response>
class ArenaMessages final : public grpc::MessageHolder<Request, Response> {
 public:
  static ArenaMessages* Take() {
    auto& spare = Spare();
    if (spare.empty()) return new ArenaMessages;
    ArenaMessages* messages = spare.back().release();
    spare.pop_back();
    messages->Create();
    return messages;
  }

  void Release() override {
    auto& spare = Spare();
    if (spare.size() == kMostSpare) {
      delete this;
      return;
    }
    arena_.Reset();  // keeps nothing but its first block
    spare.emplace_back(this);
  }

 private:
  static constexpr size_t kMostSpare = 8;

  ArenaMessages() : arena_(first_block_, sizeof(first_block_)) { Create(); }

  static std::vector<std::unique_ptr<ArenaMessages>>& Spare() {
    thread_local std::vector<std::unique_ptr<ArenaMessages>> spare;
    return spare;
  }

  void Create() {
    using google::protobuf::Arena;
    this->set_request(Arena::CreateMessage<Request>(&arena_));
    this->set_response(Arena::CreateMessage<Response>(&arena_));
  }

  alignas(8) char first_block_[4096];
  google::protobuf::Arena arena_;
};

template <class Request, class Response>
class ArenaAllocator final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override {
    return ArenaMessages<Request, Response>::Take();
  }
};

// Deletes itself when the stream has ended.
class StreamCall final
    : public grpc::ServerBidiReactor<v1::StreamSearchRequest,
                                     v1::StreamSearchResponse>,
      private StreamPort {
 public:
  StreamCall(ServerState* state, OpenStreams* streams,
             grpc::CallbackServerContext* context)
      : streams_(*streams),
        access_(AccessTo(*state, Rpc::kStreamSearch, *context)),
        stream_(state, DeadlineOf(context->deadline(), kNoLimitSeconds), this,
                access_.get(), TraceOf(*context)) {
    EchoRequestId(context);
    stream_.Start();
    streams_.Add(&stream_);
  }

  void OnReadDone(bool ok) override { stream_.OnRead(ok); }
  void OnWriteDone(bool ok) override { stream_.OnWritten(ok); }
  void OnCancel() override { stream_.OnCancel(); }
  void OnDone() override {
    streams_.Remove(&stream_);
    delete this;
  }

 private:
  // A stream lasts as long as its caller likes; its queries do not.
  static constexpr double kNoLimitSeconds = 100.0 * 365 * 24 * 3600;

  void Read(v1::StreamSearchRequest* into) override { StartRead(into); }
  void Write(const v1::StreamSearchResponse& response, bool more) override {
    grpc::WriteOptions options;
    if (more) options.set_buffer_hint();
    StartWrite(&response, options);
  }
  void Finish(const absl::Status& status) override {
    ServerBidiReactor::Finish(ToGrpcStatus(status));
  }

  OpenStreams& streams_;
  const std::unique_ptr<CallAccess> access_;
  SearchStream stream_;
};

class SearchService final : public v1::SearchService::CallbackService {
 public:
  SearchService(ServerState* state, OpenStreams* streams)
      : state_(*state), streams_(*streams) {
    SetMessageAllocatorFor_Search(&search_allocator_);
    SetMessageAllocatorFor_BatchSearch(&batch_allocator_);
  }

  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context,
                                   const v1::SearchRequest* request,
                                   v1::SearchResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kSearch, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandleSearch(&state_, *request, response, record,
                                           done);
                            });
  }

  grpc::ServerUnaryReactor* BatchSearch(
      grpc::CallbackServerContext* context,
      const v1::BatchSearchRequest* request,
      v1::BatchSearchResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kBatchSearch, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandleBatchSearch(&state_, *request, response,
                                                record, done);
                            });
  }

  grpc::ServerBidiReactor<v1::StreamSearchRequest, v1::StreamSearchResponse>*
  StreamSearch(grpc::CallbackServerContext* context) override {
    return new StreamCall(&state_, &streams_, context);
  }

  grpc::ServerUnaryReactor* GetVectors(
      grpc::CallbackServerContext* context,
      const v1::GetVectorsRequest* request,
      v1::GetVectorsResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kGetVectors, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandleGetVectors(&state_, *request, response,
                                               record, done);
                            });
  }

  grpc::ServerUnaryReactor* Score(grpc::CallbackServerContext* context,
                                  const v1::ScoreRequest* request,
                                  v1::ScoreResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kScore, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandleScore(&state_, *request, response, record,
                                          done);
                            });
  }

  grpc::ServerUnaryReactor* Explain(grpc::CallbackServerContext* context,
                                    const v1::ExplainRequest* request,
                                    v1::ExplainResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kExplain, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandleExplain(&state_, *request, response, record,
                                            done);
                            });
  }

  grpc::ServerUnaryReactor* ListIds(grpc::CallbackServerContext* context,
                                    const v1::ListIdsRequest* request,
                                    v1::ListIdsResponse* response) override {
    return UnaryCall::Start(&state_, Rpc::kListIds, context, *request,
                            [&](CallRecord* record, const Done& done) {
                              HandleListIds(&state_, *request, response, record,
                                            done);
                            });
  }

 private:
  ServerState& state_;
  OpenStreams& streams_;
  ArenaAllocator<v1::SearchRequest, v1::SearchResponse> search_allocator_;
  ArenaAllocator<v1::BatchSearchRequest, v1::BatchSearchResponse>
      batch_allocator_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSearchService(ServerState* state,
                                                 OpenStreams* streams) {
  return std::make_unique<SearchService>(state, streams);
}

}  // namespace akin::server
