#include "server/run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/status_macros.h"
#include "index/tool/load_progress.h"
#include "index/version/load_version.h"
#include "server/access_log.h"
#include "server/auth/security.h"
#include "server/give_way.h"
#include "server/log/library_logs.h"
#include "server/log/log.h"
#include "server/log/stderr_log.h"
#include "server/metrics/metrics_port.h"
#include "server/notify_service_manager.h"
#include "server/server.h"
#include "server/server_state.h"

namespace akin::server {
namespace {

// What the main thread waits for. One byte each in a pipe, because a signal
// handler may write to one: waiting for signals themselves does not work, as
// libraries start threads before main() that would be handed them.
enum Event : char { kStop = 's', kLoadEnded = 'l' };

int event_pipe[2];

void Post(Event event) {
  const char byte = event;
  // A full pipe has more than enough events in it.
  [[maybe_unused]] const ssize_t written = write(event_pipe[1], &byte, 1);
}

// Has the log say meanwhile what it has left out.
Event WaitForEvent(Log* log) {
  constexpr int kMilliseconds = 1000;
  pollfd readable = {event_pipe[0], POLLIN, 0};
  while (poll(&readable, 1, kMilliseconds) <= 0) log->SayLeftOut();
  char byte = kStop;
  while (read(event_pipe[0], &byte, 1) < 0 && errno == EINTR) {
  }
  return static_cast<Event>(byte);
}

// The first signal asks for a drain; a second one does not wait for it.
void OnSignal(int /*signal*/) {
  static volatile sig_atomic_t signals = 0;
  if (signals != 0) _exit(1);
  signals = 1;
  const int saved = errno;
  Post(kStop);
  errno = saved;
}

absl::Status CatchSignals() {
  if (pipe2(event_pipe, O_CLOEXEC) != 0) {
    return absl::InternalError("cannot open a pipe");
  }
  fcntl(event_pipe[1], F_SETFL, O_NONBLOCK);
  struct sigaction action = {};
  action.sa_handler = &OnSignal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return absl::OkStatus();
}

// Every connection takes two descriptors, and a shell allows for a thousand.
void AllowAllDescriptors() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

Log::Options LogOptionsOf(const Config& config) {
  Log::Options options;
  options.least = LogLevelNamed(config.log_level());
  options.json = config.log_format() == "json";
  return options;
}

// Loads all that is to be served in a thread of its own, so that health and
// signals are answered meanwhile; then looks after the repository, if there is
// one.
class Loader {
 public:
  Loader(const ServerOptions& options, ServerState* state, Log* log)
      : options_(options),
        state_(*state),
        log_(*log),
        thread_([this] { Run(); }) {}

  ~Loader() {
    cancelled_ = true;
    if (state_.keeper != nullptr) state_.keeper->Cancel();
    thread_.join();
  }

  bool loading() const { return loading_; }

  // Call after kLoadEnded arrived.
  const absl::Status& status() const { return status_; }

 private:
  void Run() {
    VersionKeeper* keeper = state_.keeper.get();
    status_ = keeper ? keeper->Look(&state_.load_pool) : LoadFiles();
    loading_ = false;
    Post(kLoadEnded);
    if (keeper != nullptr && status_.ok()) Watch(keeper);
  }

  absl::Status LoadFiles() {
    constexpr int64_t kFirstVersion = 1;
    for (const ModelSpec& spec : options_.models) {
      LoadProgressPrinter printer(
          spec.model, [this](const std::string& line) { log_.Info(line); });
      LoadOptions load;
      load.pool = &state_.load_pool;
      load.progress = [&](const LoadProgress& progress) {
        printer.Show(progress);
        return !cancelled_;
      };
      AKIN_ASSIGN_OR_RETURN(
          std::shared_ptr<const Version> version,
          LoadVersion(spec.model, kFirstVersion, spec.tables, load));
      printer.Done(*version);
      AKIN_RETURN_IF_ERROR(state_.catalog.Publish(std::move(version)));
      state_.loads.Count(absl::OkStatus());
    }
    return absl::OkStatus();
  }

  void Watch(VersionKeeper* keeper) {
    // Queries go first: one thread reads, and that one gives way.
    GiveWay();
    WorkerPool alone(1);
    const absl::Duration every = absl::Seconds(options_.config.poll_seconds());
    bool readable = true;
    for (absl::Time next = absl::Now() + every; !cancelled_;) {
      absl::SleepFor(absl::Milliseconds(20));
      keeper->FreeRetired();
      if (!keeper->TakeWish() && absl::Now() < next) continue;
      loading_ = true;
      const absl::Status looked = keeper->Look(&alone);
      loading_ = false;
      // Once, not every time.
      if (readable && !looked.ok() && !absl::IsCancelled(looked)) {
        log_.Error(
            absl::StrCat("what is loaded goes on serving: ", looked.message()));
      }
      readable = looked.ok();
      next = absl::Now() + every;
    }
  }

  const ServerOptions& options_;
  ServerState& state_;
  Log& log_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> loading_{true};
  absl::Status status_;
  std::thread thread_;  // last: it uses the others
};

void SayListening(const Server& server) {
  absl::PrintF("akin-server: listening on %s\n", server.address());
  std::fflush(stdout);
}

// A service manager that cannot be told waits, or kills: the log says why.
void Notify(const std::string& state, Log* log) {
  const absl::Status told = NotifyServiceManager(state);
  if (!told.ok()) log->Error(told.message());
}

// For longer than calls in flight may take, whatever the unit allows.
std::string Stopping(double drain_seconds) {
  return absl::StrFormat(
      "STOPPING=1\nEXTEND_TIMEOUT_USEC=%.0f\nSTATUS=draining",
      (drain_seconds + 30) * 1e6);
}

// Null: no token is asked for.
HttpServer::Authorize AuthorizeMetrics(const Authorizer* authorizer) {
  if (authorizer == nullptr) return nullptr;
  return [authorizer](absl::string_view header) -> absl::Status {
    AKIN_ASSIGN_OR_RETURN(
        const Caller caller,
        authorizer->Authorize(kMetricsPath,
                              {&header, header.empty() ? size_t{0} : 1}));
    if (!caller.limited()) return absl::OkStatus();
    return absl::PermissionDeniedError(
        "metrics tell of all models, expected a token without models=");
  };
}

// Null: nobody asked for it.
absl::StatusOr<std::unique_ptr<HttpServer>> StartMetrics(
    const ServerState& state, const Server& server, Log* log) {
  if (state.config.metrics_listen().empty()) return nullptr;
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<HttpServer> port,
                        StartMetricsPort(
                            state, [&server] { return server.connections(); },
                            AuthorizeMetrics(state.security->authorizer())));
  log->Info(absl::StrCat("metrics on http://", port->address(), kMetricsPath));
  return port;
}

}  // namespace

int Run(const ServerOptions& options) {
  Log log(LogOptionsOf(options.config),
          StderrSink(options.config.log_format() == "json"));
  const LibraryLogs libraries(&log);
  const auto fail = [&log](const absl::Status& status) {
    log.Error(status.message());
    return 1;
  };
  if (absl::Status status = CatchSignals(); !status.ok()) return fail(status);
  AllowAllDescriptors();
  const auto say = [&log](const std::string& line, bool is_error) {
    log.Write(is_error ? LogLevel::kError : LogLevel::kInfo, line, {});
  };
  ServerState state(
      options.config, [&log](const AccessLine& line) { WriteTo(&log, line); },
      say);
  auto security =
      Security::Open(options.config, say, [&log](const std::string& line) {
        log.WriteEach(LogLevel::kInfo, line, {});
      });
  if (!security.ok()) return fail(security.status());
  state.security = *std::move(security);
  auto server = Server::Start(&state);
  if (!server.ok()) return fail(server.status());
  const auto metrics = StartMetrics(state, **server, &log);
  if (!metrics.ok()) return fail(metrics.status());
  log.Info(absl::StrCat("bound to ", (*server)->address(), ", loading"));
  Notify("STATUS=loading", &log);

  Loader loader(options, &state, &log);
  if (WaitForEvent(&log) == kLoadEnded) {
    if (!loader.status().ok()) return fail(loader.status());
    state.phase = Phase::kServing;
    (*server)->SetServing();
    SayListening(**server);
    Notify("READY=1\nSTATUS=serving on " + (*server)->address(), &log);
    WaitForEvent(&log);
  }

  log.Info(absl::StrCat("draining: up to ", options.config.drain_seconds(),
                        " s for calls in flight"));
  Notify(Stopping(options.config.drain_seconds()), &log);
  state.phase = Phase::kDraining;
  (*server)->Drain(absl::Seconds(options.config.drain_seconds()));
  log.Info("stopped");
  // It may hang in a read that nothing interrupts, and has nothing to lose.
  if (loader.loading()) _exit(0);
  return 0;
}

}  // namespace akin::server
