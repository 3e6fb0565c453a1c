#include "server/server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/resource_quota.h>

#include <climits>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "index/base/status_macros.h"
#include "server/auth/server_credentials.h"
#include "server/catalog_service.h"
#include "server/connection_gate.h"
#include "server/open_streams.h"
#include "server/search_service.h"

namespace akin::server {
namespace {

constexpr const char* kServices[] = {"akin.v1.SearchService",
                                     "akin.v1.CatalogService"};

// gRPC plugins are process-wide and must be set before any server is built.
void InitPlugins(const Config& config) {
  static const bool health = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)health;
  if (config.channelz()) {
    static const bool channelz = [] {
      grpc::channelz::experimental::InitChannelzService();
      return true;
    }();
    (void)channelz;
  }
}

// The reflection plugin is there as soon as it is linked.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>*
                         plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) {
      return plugin->name() == "proto_server_reflection";
    });
  }
};

// What does not fit is INT_MAX, by which gRPC means never.
int Milliseconds(double seconds) {
  return seconds * 1000 < 2e9 ? static_cast<int>(seconds * 1000) : INT_MAX;
}

// What one client may hold of the server, as far as gRPC can hold it to that.
void SetLimits(const Config& config, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(
      static_cast<int>(config.max_message_bytes()));
  grpc::ResourceQuota quota("akin-server");
  quota.Resize(config.memory_quota_bytes());
  builder->SetResourceQuota(quota);
  const std::pair<const char*, int> arguments[] = {
      {GRPC_ARG_MAX_CONCURRENT_STREAMS,
       static_cast<int>(config.max_streams_per_connection())},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
       Milliseconds(config.min_ping_interval_seconds())},
      {GRPC_ARG_MAX_CONNECTION_IDLE_MS,
       Milliseconds(config.max_connection_idle_seconds())},
      {GRPC_ARG_MAX_CONNECTION_AGE_MS,
       Milliseconds(config.max_connection_age_seconds())},
      {GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
       Milliseconds(config.max_deadline_seconds())},
      // Who connects and says nothing holds a connection for so long.
      {GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 20'000},
      // Answers are never compressed; a filter that would is passed by all.
      {GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0},
      // A client that is gone without a word is found out by these.
      {GRPC_ARG_KEEPALIVE_TIME_MS, 60'000},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000},
      {GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1},
  };
  for (const auto& [name, value] : arguments) {
    builder->AddChannelArgument(name, value);
  }
}

}  // namespace

struct Server::Impl {
  ServerState* state;
  OpenStreams streams;
  std::unique_ptr<grpc::Service> search;
  std::unique_ptr<grpc::Service> catalog;
  std::unique_ptr<ConnectionGate> gate;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor;
  std::unique_ptr<grpc::Server> server;

  void SetHealth(bool serving) const {
    auto* health = server->GetHealthCheckService();
    health->SetServingStatus("", serving);
    for (const char* service : kServices) {
      health->SetServingStatus(service, serving);
    }
  }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Drain(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerState* state) {
  InitPlugins(state->config);
  auto impl = std::make_unique<Impl>();
  impl->state = state;
  AKIN_ASSIGN_OR_RETURN(
      impl->gate, ConnectionGate::Listen(state->config.listen(),
                                         state->config.max_connections()));
  impl->search = MakeSearchService(state, &impl->streams);
  impl->catalog = MakeCatalogService(state, &impl->streams);

  grpc::ServerBuilder builder;
  impl->acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      MakeServerCredentials(state->security.get()));
  SetLimits(state->config, &builder);
  if (!state->config.reflection()) {
    builder.SetOption(std::make_unique<WithoutReflection>());
  }
  builder.RegisterService(impl->search.get());
  builder.RegisterService(impl->catalog.get());
  impl->server = builder.BuildAndStart();
  if (impl->server == nullptr) {
    return absl::InternalError("gRPC could not start a server");
  }
  impl->SetHealth(false);
  impl->gate->Open([acceptor = impl->acceptor.get()](int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters
        connection;
    connection.fd = descriptor;
    acceptor->HandleNewConnection(&connection);
  });
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::string& Server::address() const { return impl_->gate->address(); }

size_t Server::connections() const { return impl_->gate->connections(); }

void Server::SetServing() { impl_->SetHealth(true); }

void Server::Drain(absl::Duration grace) {
  impl_->SetHealth(false);
  impl_->streams.Drain();
  impl_->gate->Close();
  // gRPC's Shutdown waits for every call until the deadline, and a health Watch
  // never ends by itself: once none of ours is left, the rest is cancelled.
  const absl::Time deadline = absl::Now() + grace;
  // gRPC 1.51 shuts a connection down with its last call, and what the other
  // side has not taken by then is lost. So the streams end first, whose answers
  // pile up; one that goes on leaves the other calls half of the time.
  const absl::Time streams_deadline = absl::Now() + grace / 2;
  while (absl::Now() < streams_deadline &&
         !(impl_->streams.empty() && impl_->gate->Delivered())) {
    absl::SleepFor(absl::Milliseconds(2));
  }
  std::thread shutdown([this, deadline] {
    impl_->server->Shutdown(absl::ToChronoTime(deadline));
  });
  // A call on its way from gRPC to its handler is not counted yet: only a while
  // without any means that none is left.
  constexpr absl::Duration kQuiet = absl::Milliseconds(50);
  absl::Time quiet_since = absl::Now();
  while (absl::Now() < deadline && absl::Now() - quiet_since < kQuiet) {
    absl::SleepFor(absl::Milliseconds(5));
    if (impl_->state->stats.in_flight > 0) quiet_since = absl::Now();
  }
  grpc_server_cancel_all_calls(impl_->server->c_server());
  shutdown.join();
  impl_->server->Wait();
}

}  // namespace akin::server
