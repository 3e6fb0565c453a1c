#include "server/server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/service_type.h>

#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "index/base/limits.h"
#include "server/catalog_service.h"
#include "server/search_service.h"

namespace akin::server {
namespace {

constexpr const char* kServices[] = {"akin.v1.SearchService",
                                     "akin.v1.CatalogService"};

// gRPC plugins are process-wide and must be set before any server is built.
void InitPlugins() {
  static const bool once = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::channelz::experimental::InitChannelzService();
    return true;
  }();
  (void)once;
}

std::string WithPort(const std::string& address, int port) {
  if (absl::StartsWith(address, "unix:")) return address;
  return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
}

}  // namespace

struct Server::Impl {
  ServerState* state;
  std::unique_ptr<grpc::Service> search;
  std::unique_ptr<grpc::Service> catalog;
  std::unique_ptr<grpc::Server> server;
  std::string address;

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

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const std::string& address, ServerState* state) {
  InitPlugins();
  auto impl = std::make_unique<Impl>();
  impl->state = state;
  impl->search = MakeSearchService(state);
  impl->catalog = MakeCatalogService(state);

  int port = 0;
  grpc::ServerBuilder builder;
  // Two servers on one port would share its connections without a word.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxMessageBytes));
  builder.RegisterService(impl->search.get());
  builder.RegisterService(impl->catalog.get());
  impl->server = builder.BuildAndStart();
  if (impl->server == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", address,
        ": the port is in use, or the host is not this machine; --listen "
        "127.0.0.1:0 picks a free port"));
  }
  impl->address = WithPort(address, port);
  impl->SetHealth(false);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::string& Server::address() const { return impl_->address; }

void Server::SetServing() { impl_->SetHealth(true); }

void Server::Drain(absl::Duration grace) {
  impl_->SetHealth(false);
  // gRPC's Shutdown waits for every call until the deadline, and a health Watch
  // never ends by itself: once none of ours is left, the rest is cancelled.
  const absl::Time deadline = absl::Now() + grace;
  std::thread shutdown([this, deadline] {
    impl_->server->Shutdown(absl::ToChronoTime(deadline));
  });
  // A call on its way from gRPC to its handler is not counted yet: only a while
  // without any means that none is left.
  constexpr absl::Duration kQuiet = absl::Milliseconds(50);
  absl::Time quiet_since = absl::Now();
  while (absl::Now() < deadline && absl::Now() - quiet_since < kQuiet) {
    absl::SleepFor(absl::Milliseconds(5));
    if (impl_->state->calls_in_flight > 0) quiet_since = absl::Now();
  }
  grpc_server_cancel_all_calls(impl_->server->c_server());
  shutdown.join();
  impl_->server->Wait();
}

}  // namespace akin::server
