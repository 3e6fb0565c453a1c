#include "client/cpp/client.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <future>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "akin/v1/catalog_service.grpc.pb.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "client/cpp/call_status.h"
#include "client/cpp/cancellation.h"
#include "client/cpp/import_call.h"

namespace akin::client {
namespace {

using SystemTime = std::chrono::system_clock::time_point;

absl::Status ToAbsl(const grpc::Status& status) {
  return StatusFromWire(status.error_code(), status.error_message(),
                        status.error_details());
}

// Not as call credentials: those gRPC refuses without TLS, to this machine too.
void AddToken(const std::string& token, grpc::ClientContext* context) {
  if (token.empty()) return;
  context->AddMetadata("authorization", absl::StrCat("Bearer ", token));
}

template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Call(
    Stub& stub,
    grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
    const Request& request, absl::Duration timeout, Cancellation* cancellation,
    const std::string& token) {
  grpc::ClientContext context;
  AddToken(token, &context);
  std::optional<Cancellation::Call> cancellable;
  if (cancellation != nullptr) {
    cancellable.emplace(*cancellation, [&context] { context.TryCancel(); });
  }
  if (timeout < absl::InfiniteDuration()) {
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  }
  Response response;
  const grpc::Status status = (stub.*rpc)(&context, request, &response);
  if (cancellation != nullptr && cancellation->cancelled()) {
    return absl::CancelledError("the call was cancelled");
  }
  if (!status.ok()) return ToAbsl(status);
  return response;
}

// The method Check of the standard health service, whose messages are a name to
// ask for (empty: all) and an enum: not worth a library of generated code.
class HealthStub {
 public:
  explicit HealthStub(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(channel) {}

  grpc::Status Check(grpc::ClientContext* context,
                     const grpc::ByteBuffer& request,
                     grpc::ByteBuffer* response) {
    std::promise<grpc::Status> ended;
    stub_.UnaryCall(context, "/grpc.health.v1.Health/Check", {}, &request,
                    response,
                    [&ended](grpc::Status status) { ended.set_value(status); });
    return ended.get_future().get();
  }

 private:
  grpc::GenericStub stub_;
};

bool SaysServing(const grpc::ByteBuffer& response) {
  constexpr absl::string_view kServing("\x08\x01", 2);  // status: SERVING
  grpc::Slice slice;
  return response.DumpToSingleSlice(&slice).ok() &&
         absl::string_view(reinterpret_cast<const char*>(slice.begin()),
                           slice.size()) == kServing;
}

class GrpcImportCall final : public ImportCall {
 public:
  GrpcImportCall(v1::CatalogService::Stub& stub,
                 std::shared_ptr<Cancellation> cancellation,
                 const std::string& token)
      : stream_((AddToken(token, &context_), stub.ImportVersion(&context_))),
        cancellation_(std::move(cancellation)) {
    if (cancellation_ != nullptr) {
      cancellable_.emplace(*cancellation_, [this] { context_.TryCancel(); });
    }
  }
  ~GrpcImportCall() override {
    if (finished_) return;
    context_.TryCancel();
    stream_->Finish();
  }

  bool Write(const v1::ImportVersionRequest& request) override {
    return stream_->Write(request);
  }
  bool Read(v1::ImportVersionResponse* response) override {
    return stream_->Read(response);
  }
  void Cancel() override { context_.TryCancel(); }
  absl::Status Finish() override {
    finished_ = true;
    return ToAbsl(stream_->Finish());
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ImportVersionRequest,
                                           v1::ImportVersionResponse>>
      stream_;
  std::shared_ptr<Cancellation> cancellation_;
  std::optional<Cancellation::Call> cancellable_;
  bool finished_ = false;
};

// False if the channel failed to connect, or did not manage by `deadline`.
bool WaitUntilConnected(grpc::Channel& channel, SystemTime deadline) {
  while (true) {
    const grpc_connectivity_state state = channel.GetState(true);
    if (state == GRPC_CHANNEL_READY) return true;
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE ||
        state == GRPC_CHANNEL_SHUTDOWN ||
        !channel.WaitForStateChange(state, deadline)) {
      return false;
    }
  }
}

// Why the channel is in transient failure. Only a call is told the reason, so
// this makes one, which fails at once.
std::string ReasonOfFailure(v1::CatalogService::Stub& stub) {
  const auto response =
      Call(stub, &v1::CatalogService::Stub::GetServerInfo,
           v1::GetServerInfoRequest(), absl::Milliseconds(200), nullptr, "");
  if (response.ok() || absl::IsDeadlineExceeded(response.status())) return "";
  return std::string(response.status().message());
}

}  // namespace

class Client::Connection {
 public:
  Connection(const std::string& target, const ClientOptions& options,
             const TlsMaterial& tls)
      : Connection(Open(target, options, tls), options,
                   options.credentials.token) {}
  Connection(std::shared_ptr<grpc::Channel> channel,
             const ClientOptions& options, std::string token)
      : channel_(std::move(channel)),
        search_(v1::SearchService::NewStub(channel_)),
        catalog_(v1::CatalogService::NewStub(channel_)),
        health_(channel_),
        call_timeout_(options.call_timeout),
        cancellation_(options.cancellation),
        token_(std::move(token)) {}

  std::unique_ptr<Connection> Share(const ClientOptions& options) const {
    return std::make_unique<Connection>(channel_, options, token_);
  }

  grpc::Channel& channel() { return *channel_; }
  v1::CatalogService::Stub& catalog() { return *catalog_; }

  template <typename Rpc, typename Request>
  auto Search(Rpc rpc, const Request& request) {
    return Call(*search_, rpc, request, call_timeout_, cancellation_.get(),
                token_);
  }

  template <typename Rpc, typename Request>
  auto Catalog(Rpc rpc, const Request& request) {
    return Call(*catalog_, rpc, request, call_timeout_, cancellation_.get(),
                token_);
  }

  absl::StatusOr<bool> IsServing() {
    // An empty message still needs a slice.
    const grpc::Slice nothing;
    const auto response =
        Call(health_, &HealthStub::Check, grpc::ByteBuffer(&nothing, 1),
             call_timeout_, cancellation_.get(), token_);
    if (!response.ok()) return response.status();
    return SaysServing(*response);
  }

  std::unique_ptr<ImportCall> Import() {
    return std::make_unique<GrpcImportCall>(*catalog_, cancellation_, token_);
  }

 private:
  static std::shared_ptr<grpc::Channel> Open(const std::string& target,
                                             const ClientOptions& options,
                                             const TlsMaterial& tls) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(static_cast<int>(std::min<size_t>(
        options.max_receive_bytes, std::numeric_limits<int>::max())));
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    // Clients of one process would otherwise share a connection to a target,
    // and with it the pause after a failed attempt.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    if (!options.credentials.tls) {
      return grpc::CreateCustomChannel(
          target, grpc::InsecureChannelCredentials(), arguments);
    }
    if (!options.credentials.server_name.empty()) {
      arguments.SetSslTargetNameOverride(options.credentials.server_name);
    }
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = tls.ca;
    ssl.pem_cert_chain = tls.certificate;
    ssl.pem_private_key = tls.key;
    return grpc::CreateCustomChannel(target, grpc::SslCredentials(ssl),
                                     arguments);
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::SearchService::Stub> search_;
  std::unique_ptr<v1::CatalogService::Stub> catalog_;
  HealthStub health_;
  absl::Duration call_timeout_;
  std::shared_ptr<Cancellation> cancellation_;
  const std::string token_;
};

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(
    const std::string& target, const ClientOptions& options) {
  const absl::Status token = CheckToken(options.credentials, target);
  if (!token.ok()) return token;
  TlsMaterial tls;
  if (options.credentials.tls) {
    auto read = ReadTlsMaterial(options.credentials);
    if (!read.ok()) return read.status();
    tls = *std::move(read);
  }
  auto connection = std::make_unique<Connection>(target, options, tls);
  const SystemTime deadline =
      absl::ToChronoTime(absl::Now() + options.connect_timeout);
  if (!WaitUntilConnected(connection->channel(), deadline)) {
    std::string reason;
    if (std::chrono::system_clock::now() >= deadline) {
      reason = absl::StrCat("no answer within ",
                            absl::FormatDuration(options.connect_timeout));
    } else {
      reason = ReasonOfFailure(connection->catalog());
    }
    return ConnectFailure(target, reason, options.credentials);
  }
  return std::unique_ptr<Client>(new Client(std::move(connection)));
}

Client::Client(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

std::unique_ptr<Client> Client::Share(const ClientOptions& options) const {
  return std::unique_ptr<Client>(new Client(connection_->Share(options)));
}

bool Client::IsConnected() const {
  return connection_->channel().GetState(false) == GRPC_CHANNEL_READY;
}

Client::~Client() = default;

absl::StatusOr<v1::SearchResponse> Client::Search(
    const v1::SearchRequest& request) const {
  return connection_->Search(&v1::SearchService::Stub::Search, request);
}

absl::StatusOr<v1::BatchSearchResponse> Client::BatchSearch(
    const v1::BatchSearchRequest& request) const {
  return connection_->Search(&v1::SearchService::Stub::BatchSearch, request);
}

absl::StatusOr<v1::GetVectorsResponse> Client::GetVectors(
    const v1::GetVectorsRequest& request) const {
  return connection_->Search(&v1::SearchService::Stub::GetVectors, request);
}

absl::StatusOr<v1::ScoreResponse> Client::Score(
    const v1::ScoreRequest& request) const {
  return connection_->Search(&v1::SearchService::Stub::Score, request);
}

absl::StatusOr<v1::ExplainResponse> Client::Explain(
    const v1::ExplainRequest& request) const {
  return connection_->Search(&v1::SearchService::Stub::Explain, request);
}

absl::StatusOr<v1::ListIdsResponse> Client::ListIds(
    const v1::ListIdsRequest& request) const {
  return connection_->Search(&v1::SearchService::Stub::ListIds, request);
}

absl::StatusOr<v1::ListModelsResponse> Client::ListModels(
    const v1::ListModelsRequest& request) const {
  return connection_->Catalog(&v1::CatalogService::Stub::ListModels, request);
}

absl::StatusOr<v1::GetModelResponse> Client::GetModel(
    const v1::GetModelRequest& request) const {
  return connection_->Catalog(&v1::CatalogService::Stub::GetModel, request);
}

absl::StatusOr<v1::GetRecallResponse> Client::GetRecall(
    const v1::GetRecallRequest& request) const {
  return connection_->Catalog(&v1::CatalogService::Stub::GetRecall, request);
}

absl::StatusOr<v1::GetServerInfoResponse> Client::GetServerInfo(
    const v1::GetServerInfoRequest& request) const {
  return connection_->Catalog(&v1::CatalogService::Stub::GetServerInfo,
                              request);
}

absl::StatusOr<bool> Client::IsServing() const {
  return connection_->IsServing();
}

absl::StatusOr<v1::PlanLoadResponse> Client::PlanLoad(
    const v1::PlanLoadRequest& request) const {
  return connection_->Catalog(&v1::CatalogService::Stub::PlanLoad, request);
}

absl::StatusOr<v1::LoadVersionResponse> Client::LoadVersion(
    const v1::LoadVersionRequest& request) const {
  return connection_->Catalog(&v1::CatalogService::Stub::LoadVersion, request);
}

absl::StatusOr<v1::UnloadVersionResponse> Client::UnloadVersion(
    const v1::UnloadVersionRequest& request) const {
  return connection_->Catalog(&v1::CatalogService::Stub::UnloadVersion,
                              request);
}

absl::StatusOr<v1::SetLabelResponse> Client::SetLabel(
    const v1::SetLabelRequest& request) const {
  return connection_->Catalog(&v1::CatalogService::Stub::SetLabel, request);
}

absl::StatusOr<v1::CompareVersionsResponse> Client::CompareVersions(
    const v1::CompareVersionsRequest& request) const {
  return connection_->Catalog(&v1::CatalogService::Stub::CompareVersions,
                              request);
}

std::unique_ptr<ImportCall> Client::StartImport(absl::Duration wait) const {
  // A channel that has just failed refuses calls for a while.
  const SystemTime deadline = absl::ToChronoTime(absl::Now() + wait);
  connection_->channel().WaitForConnected(deadline);
  return connection_->Import();
}

}  // namespace akin::client
