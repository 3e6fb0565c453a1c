#include "server/run.h"

#include <signal.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "index/version/load_version.h"
#include "server/load_progress.h"
#include "server/server.h"
#include "server/server_state.h"

namespace akin::server {
namespace {

// The loading thread says with this signal that it has ended.
constexpr int kLoadEnded = SIGUSR1;

sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, kLoadEnded}) {
    sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

// Loads all models in a thread of its own, so that health and signals are
// answered meanwhile.
class Loader {
 public:
  Loader(const ServerOptions& options, ServerState* state)
      : thread_([this, &options, state] {
          status_ = LoadAll(options, state);
          kill(getpid(), kLoadEnded);
        }) {}

  ~Loader() {
    cancelled_ = true;
    if (thread_.joinable()) thread_.join();
  }

  // Call after kLoadEnded arrived.
  absl::Status Join() {
    thread_.join();
    return status_;
  }

 private:
  absl::Status LoadAll(const ServerOptions& options, ServerState* state) {
    constexpr int64_t kFirstVersion = 1;
    for (const ModelSpec& spec : options.models) {
      LoadProgressPrinter printer(spec.model);
      LoadOptions load;
      load.pool = &state->pool;
      load.progress = [&](const LoadProgress& progress) {
        printer.Show(progress);
        return !cancelled_;
      };
      AKIN_ASSIGN_OR_RETURN(
          std::shared_ptr<const Version> version,
          LoadVersion(spec.model, kFirstVersion, spec.tables, load));
      printer.Done(*version);
      AKIN_RETURN_IF_ERROR(state->catalog.Publish(std::move(version)));
    }
    return absl::OkStatus();
  }

  std::atomic<bool> cancelled_{false};
  absl::Status status_;
  std::thread thread_;  // last: it uses the others
};

void SayListening(const Server& server) {
  absl::PrintF("akin-server: listening on %s\n", server.address());
  std::fflush(stdout);
}

}  // namespace

int Run(const ServerOptions& options) {
  const sigset_t signals = BlockSignals();
  ServerState state(options.threads);
  auto server = Server::Start(options.listen, &state);
  if (!server.ok()) {
    spdlog::error("{}", std::string(server.status().message()));
    return 1;
  }
  spdlog::info("bound to {}, loading", (*server)->address());

  Loader loader(options, &state);
  int signal = 0;
  sigwait(&signals, &signal);
  if (signal == kLoadEnded) {
    if (absl::Status status = loader.Join(); !status.ok()) {
      spdlog::error("{}", std::string(status.message()));
      return 1;
    }
    state.phase = Phase::kServing;
    (*server)->SetServing();
    SayListening(**server);
    sigwait(&signals, &signal);
  }

  spdlog::info("draining: up to {} s for calls in flight",
               options.drain_seconds);
  state.phase = Phase::kDraining;
  (*server)->Drain(absl::Seconds(options.drain_seconds));
  spdlog::info("stopped");
  return 0;
}

}  // namespace akin::server
