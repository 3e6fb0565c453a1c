#include "tests/bench/serve/generator.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <optional>
#include <random>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "akin/v1/catalog_service.grpc.pb.h"
#include "akin/v1/search_service.grpc.pb.h"

namespace akin::bench {
namespace {

using Clock = std::chrono::steady_clock;

float MicrosecondsSince(Clock::time_point begin) {
  return std::chrono::duration<float, std::micro>(Clock::now() - begin).count();
}

Clock::duration Seconds(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(seconds));
}

struct Connection {
  std::unique_ptr<v1::SearchService::Stub> search;
  std::unique_ptr<v1::CatalogService::Stub> catalog;
};

// What the completion queue hands back.
class Tag {
 public:
  virtual ~Tag() = default;
  virtual void Proceed(bool ok) = 0;
};

void Count(const grpc::Status& status, float latency_us, LoadResult* result) {
  if (status.ok()) {
    ++result->ok;
    result->latencies_us.push_back(latency_us);
  } else if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
    ++result->refused;
    result->refusal_latencies_us.push_back(latency_us);
  } else {
    ++result->failed;
    if (result->first_failure.empty()) {
      result->first_failure =
          absl::StrCat(status.error_code(), ": ", status.error_message());
    }
  }
}

}  // namespace

struct Generator::Impl {
  std::vector<Connection> connections;
  grpc::CompletionQueue queue;

  // The state of one Run.
  Load load;
  LoadResult result;
  uint64_t sent = 0;
  uint64_t in_flight = 0;
  Clock::time_point end;

  bool Stopped() const {
    return sent >= load.most_calls || (load.stop != nullptr && *load.stop);
  }
  bool MaySend() const { return !Stopped() && Clock::now() < end; }
  Connection& NextConnection() {
    return connections[sent % connections.size()];
  }

  class Unary;
  class Stream;
  std::vector<std::unique_ptr<Unary>> spare;

  void Send(Clock::time_point intended);
  void RunClosedLoop();
  void RunOpenLoop();
  void RunStreams();
  // Handles one event; false when none came until `deadline`.
  template <class Deadline>
  bool HandleOne(const Deadline& deadline) {
    void* tag = nullptr;
    bool ok = false;
    if (queue.AsyncNext(&tag, &ok, deadline) !=
        grpc::CompletionQueue::GOT_EVENT) {
      return false;
    }
    static_cast<Tag*>(tag)->Proceed(ok);
    return true;
  }
  void HandleOne() { HandleOne(gpr_inf_future(GPR_CLOCK_REALTIME)); }
};

// One call; used again for another.
class Generator::Impl::Unary : public Tag {
 public:
  explicit Unary(Impl* impl) : impl_(*impl) {}

  void Start(Clock::time_point intended) {
    intended_ = intended;
    context_.emplace();
    context_->set_deadline(
        std::chrono::system_clock::now() +
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            std::chrono::duration<double>(impl_.load.deadline_seconds)));
    Connection& connection = impl_.NextConnection();
    switch (impl_.load.kind) {
      case CallKind::kSearch: {
        const auto& asked = *impl_.load.searches;
        asked_ = impl_.sent % asked.size();
        search_ = connection.search->AsyncSearch(&*context_, asked[asked_],
                                                 &impl_.queue);
        search_->Finish(&search_response_, &status_, this);
        break;
      }
      case CallKind::kBatch: {
        const auto& asked = *impl_.load.batches;
        batch_ = connection.search->AsyncBatchSearch(
            &*context_, asked[impl_.sent % asked.size()], &impl_.queue);
        batch_->Finish(&batch_response_, &status_, this);
        break;
      }
      default:
        null_ = connection.catalog->AsyncGetServerInfo(
            &*context_, v1::GetServerInfoRequest(), &impl_.queue);
        null_->Finish(&null_response_, &status_, this);
    }
    ++impl_.sent;
    ++impl_.in_flight;
  }

  void Proceed(bool /*ok*/) override {
    const float latency_us = MicrosecondsSince(intended_);
    Count(status_, latency_us, &impl_.result);
    if (status_.ok() && impl_.load.kind == CallKind::kSearch &&
        impl_.load.on_answer) {
      impl_.load.on_answer({asked_, search_response_, intended_, latency_us});
    }
    --impl_.in_flight;
    if (impl_.load.per_second == 0 && impl_.MaySend()) {
      Start(Clock::now());
    } else {
      impl_.spare.emplace_back(this);
    }
  }

 private:
  Impl& impl_;
  Clock::time_point intended_;
  size_t asked_ = 0;
  std::optional<grpc::ClientContext> context_;
  grpc::Status status_;
  v1::SearchResponse search_response_;
  v1::BatchSearchResponse batch_response_;
  v1::GetServerInfoResponse null_response_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::SearchResponse>> search_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::BatchSearchResponse>>
      batch_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::GetServerInfoResponse>>
      null_;
};

// One stream that keeps `outstanding` queries unanswered.
class Generator::Impl::Stream {
 public:
  Stream(Impl* impl, Connection* connection, size_t outstanding)
      : impl_(*impl), most_(outstanding) {
    ++impl_.in_flight;
    stream_ = connection->search->AsyncStreamSearch(&context_, &impl_.queue,
                                                    &started_);
  }
  bool ended() const { return ended_; }

 private:
  struct Event : Tag {
    Event(Stream* stream, void (Stream::*handler)(bool))
        : stream(stream), handler(handler) {}
    void Proceed(bool ok) override { (stream->*handler)(ok); }
    Stream* stream;
    void (Stream::*handler)(bool);
  };

  void OnStarted(bool ok) {
    if (!ok) return End();
    stream_->Read(&response_, &read_);
    WriteOn();
  }
  void OnRead(bool ok) {
    if (!ok) return End();
    if (response_.has_drain()) {
      stream_->Read(&response_, &read_);
      return;
    }
    const auto asked = unanswered_.find(response_.tag());
    const grpc::Status status(
        static_cast<grpc::StatusCode>(response_.error().code()),
        response_.error().message());
    Count(status, MicrosecondsSince(asked->second), &impl_.result);
    unanswered_.erase(asked);
    stream_->Read(&response_, &read_);
    if (!writing_) WriteOn();
  }
  void OnWritten(bool ok) {
    writing_ = false;
    if (ok) WriteOn();
  }
  void OnHalfClosed(bool /*ok*/) {}
  void OnFinished(bool /*ok*/) {
    if (!status_.ok()) Count(status_, 0, &impl_.result);
    --impl_.in_flight;
    ended_ = true;
  }

  void WriteOn() {
    if (half_closed_ || unanswered_.size() >= most_) return;
    if (!impl_.MaySend()) {
      half_closed_ = true;
      stream_->WritesDone(&half_close_);
      return;
    }
    const auto& asked = *impl_.load.searches;
    request_.set_tag(impl_.sent);
    *request_.mutable_request() = asked[impl_.sent % asked.size()];
    unanswered_.emplace(impl_.sent, Clock::now());
    ++impl_.sent;
    grpc::WriteOptions options;
    if (unanswered_.size() < most_) options.set_buffer_hint();
    writing_ = true;
    stream_->Write(request_, options, &write_);
  }
  void End() { stream_->Finish(&status_, &finish_); }

  Impl& impl_;
  const size_t most_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<v1::StreamSearchRequest,
                                                v1::StreamSearchResponse>>
      stream_;
  v1::StreamSearchRequest request_;
  v1::StreamSearchResponse response_;
  std::unordered_map<uint64_t, Clock::time_point> unanswered_;
  bool writing_ = false;
  bool half_closed_ = false;
  bool ended_ = false;
  grpc::Status status_;
  Event started_{this, &Stream::OnStarted};
  Event read_{this, &Stream::OnRead};
  Event write_{this, &Stream::OnWritten};
  Event half_close_{this, &Stream::OnHalfClosed};
  Event finish_{this, &Stream::OnFinished};
};

void Generator::Impl::Send(Clock::time_point intended) {
  if (spare.empty()) spare.push_back(std::make_unique<Unary>(this));
  Unary* call = spare.back().release();
  spare.pop_back();
  call->Start(intended);
}

void Generator::Impl::RunClosedLoop() {
  for (size_t i = 0; i < load.outstanding && MaySend(); ++i) Send(Clock::now());
  while (in_flight > 0) HandleOne();
}

void Generator::Impl::RunOpenLoop() {
  std::mt19937_64 random(1);
  std::exponential_distribution<double> gap(load.per_second);
  Clock::time_point next = Clock::now() + Seconds(gap(random));
  while (next < end && !Stopped()) {
    if (Clock::now() >= next) {
      Send(next);
      next += Seconds(gap(random));
    } else {
      // Asks without waiting: a timer would come too late.
      HandleOne(gpr_inf_past(GPR_CLOCK_REALTIME));
    }
  }
  while (in_flight > 0) HandleOne();
}

void Generator::Impl::RunStreams() {
  std::vector<std::unique_ptr<Stream>> streams;
  const size_t each =
      std::max<size_t>(1, load.outstanding / connections.size());
  for (Connection& connection : connections) {
    streams.push_back(std::make_unique<Stream>(this, &connection, each));
  }
  while (in_flight > 0) HandleOne();
  // Half-closes that have not come back yet.
  while (HandleOne(std::chrono::system_clock::now() +
                   std::chrono::milliseconds(5))) {
  }
}

Generator::Generator(const std::string& address, size_t connections)
    : impl_(std::make_unique<Impl>()) {
  for (size_t i = 0; i < connections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    const auto channel = grpc::CreateCustomChannel(
        address, grpc::InsecureChannelCredentials(), arguments);
    channel->WaitForConnected(std::chrono::system_clock::now() +
                              std::chrono::seconds(10));
    impl_->connections.push_back({v1::SearchService::NewStub(channel),
                                  v1::CatalogService::NewStub(channel)});
  }
}

Generator::~Generator() {
  impl_->spare.clear();
  impl_->queue.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (impl_->queue.Next(&tag, &ok)) {
  }
}

LoadResult Generator::Run(const Load& load) {
  impl_->load = load;
  impl_->result = {};
  impl_->sent = 0;
  const Clock::time_point begin = Clock::now();
  impl_->end = begin + Seconds(load.seconds);
  if (load.kind == CallKind::kStream) {
    impl_->RunStreams();
  } else if (load.per_second > 0) {
    impl_->RunOpenLoop();
  } else {
    impl_->RunClosedLoop();
  }
  impl_->result.seconds =
      std::chrono::duration<double>(Clock::now() - begin).count();
  return std::move(impl_->result);
}

}  // namespace akin::bench
