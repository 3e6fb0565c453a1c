#include "tests/bench/chaos/tls_callers.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace akin::bench {
namespace {

// Callers that never pause would leave the server no time to look at its files
// on a machine of two processors.
constexpr std::chrono::milliseconds kPause{1};
constexpr std::chrono::milliseconds kPauseBetweenConnections{5};
constexpr std::chrono::seconds kPatience{30};

}  // namespace

void SendToken(const std::string& token, grpc::ClientContext* context) {
  context->AddMetadata("authorization", "Bearer " + token);
}

TlsConnection::TlsConnection(const TlsTarget& target) {
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = target.authority;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  stub_ = v1::SearchService::NewStub(grpc::CreateCustomChannel(
      target.address, grpc::SslCredentials(ssl), arguments));
}

grpc::Status TlsConnection::Ask(const v1::SearchRequest& request,
                                const std::string& token,
                                std::string* shown) const {
  grpc::ClientContext context;
  SendToken(token, &context);
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  v1::SearchResponse response;
  grpc::Status status = stub_->Search(&context, request, &response);
  if (!status.ok() || shown == nullptr) return status;
  const auto seen = context.auth_context()->FindPropertyValues(
      GRPC_X509_PEM_CERT_PROPERTY_NAME);
  *shown = seen.empty() ? "" : std::string(seen[0].data(), seen[0].size());
  return status;
}

TlsCallers::TlsCallers(TlsTarget target,
                       std::vector<v1::SearchRequest> requests,
                       std::string token, std::chrono::seconds most)
    : target_(std::move(target)),
      requests_(std::move(requests)),
      token_(std::move(token)),
      most_(most) {
  for (size_t i = 0; i < kStaying + kReturning; ++i) {
    threads_.emplace_back([this, returns = i >= kStaying] { Stay(returns); });
  }
  threads_.emplace_back([this] { Come(); });
  threads_.emplace_back([this] { Stream(); });
}

TlsCallers::~TlsCallers() { Stop(); }

TlsCallers::Counts TlsCallers::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  counts_.connections = connections_;
  counts_.dropped = dropped_;
  return counts_;
}

void TlsCallers::Stay(bool returns) {
  while (!stop_) {
    const uint64_t round = round_;
    const TlsConnection connection(target_);
    ++connections_;
    std::string first;
    while (!stop_ && (!returns || round == round_)) {
      std::string shown;
      const grpc::Status status = connection.Ask(Next(), token_, &shown);
      Count(status.error_code(), status.error_message());
      if (first.empty()) first = shown;
      if (status.ok() && shown != first) {
        ++dropped_;
        first = shown;
      }
      std::this_thread::sleep_for(kPause);
    }
  }
}

void TlsCallers::Come() {
  while (!stop_) {
    const TlsConnection connection(target_);
    ++connections_;
    const grpc::Status status = connection.Ask(Next(), token_);
    Count(status.error_code(), status.error_message());
    std::this_thread::sleep_for(kPauseBetweenConnections);
  }
}

void TlsCallers::Stream() {
  const TlsConnection connection(target_);
  ++connections_;
  grpc::ClientContext context;
  SendToken(token_, &context);
  context.set_deadline(std::chrono::system_clock::now() + most_);
  const auto stream = connection.stub().StreamSearch(&context);
  v1::StreamSearchRequest request;
  v1::StreamSearchResponse response;
  bool whole = true;
  while (!stop_ && whole) {
    *request.mutable_request() = Next();
    whole = stream->Write(request) && stream->Read(&response);
    if (!whole) break;
    Count(response.error().code(), response.error().message());
    std::this_thread::sleep_for(kPause);
  }
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  if (whole && status.ok()) return;
  ++dropped_;
  Count(grpc::StatusCode::UNAVAILABLE,
        absl::StrCat("the stream ended: ", status.error_message()));
}

void TlsCallers::Count(int code, const std::string& message) {
  const std::lock_guard lock(mutex_);
  ++counts_.calls;
  if (code == grpc::StatusCode::OK) return;
  ++counts_.failed;
  if (counts_.first_failure.empty()) {
    counts_.first_failure = absl::StrCat(code, ": ", message);
  }
}

const v1::SearchRequest& TlsCallers::Next() {
  return requests_[asked_++ % requests_.size()];
}

}  // namespace akin::bench
