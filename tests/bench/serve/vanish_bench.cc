#include "tests/bench/serve/vanish_bench.h"

#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "client/cpp/client.h"
#include "index/base/status_macros.h"
#include "tests/bench/machine.h"
#include "tests/bench/serve/trained_file.h"
#include "tests/bench/serve/watched_server.h"
#include "tests/bench/stopwatch.h"
#include "tests/e2e/child_process.h"

namespace akin::bench {
namespace {

constexpr Goal kGoal = {5, 1, true};
constexpr double kPatience = 30;

struct Held {
  size_t files = 0;
  size_t threads = 0;
  int64_t calls = 0;
};

absl::StatusOr<Held> HeldBy(const WatchedServer& server,
                            const client::Client& client) {
  AKIN_ASSIGN_OR_RETURN(const auto info, client.GetServerInfo({}));
  return Held{server.OpenFiles(), server.Threads(), info.calls_in_flight()};
}

// Rows enough that a batch of exact searches takes a while.
absl::StatusOr<ScratchFile> WriteRows() {
  return WriteTrainedFile(
      100'000, 16, [](uint32_t row, absl::Span<float> vector) {
        for (size_t i = 0; i < vector.size(); ++i) {
          vector[i] = static_cast<float>((row * 31 + i * 17) % 101) - 50;
        }
      });
}

// So many clients, in the middle of a call; they vanish with the process.
absl::StatusOr<std::unique_ptr<ChildProcess>> Connected(
    const WatchedServer& server, size_t clients) {
  auto process = std::make_unique<ChildProcess>(
      ProgramFolder() + "/akin-bench",
      std::vector<std::string>{"call-and-wait", server.address(),
                               absl::StrCat(clients)});
  if (!process->WaitForOutput("{}")) {
    return absl::UnavailableError("the clients did not come up: " +
                                  process->errors());
  }
  return process;
}

// gRPC starts threads when it first needs them, one at a time, and keeps them:
// the same clients come and go until that has ended.
absl::StatusOr<Held> WarmUp(const WatchedServer& server,
                            const client::Client& client, size_t clients) {
  constexpr int kMostRounds = 8;
  Held held;
  for (int round = 0, calm = 0; round < kMostRounds && calm < 2; ++round) {
    AKIN_RETURN_IF_ERROR(Connected(server, clients).status());
    std::this_thread::sleep_for(std::chrono::seconds(2));
    AKIN_ASSIGN_OR_RETURN(const Held now, HeldBy(server, client));
    calm = now.threads == held.threads ? calm + 1 : 0;
    held = now;
  }
  return held;
}

}  // namespace

absl::Status CallAndWait(const std::string& address, size_t clients) {
  v1::BatchSearchRequest request;
  request.set_model("bench");
  request.set_table("base");
  request.mutable_options()->set_k(10);
  request.mutable_options()->set_exact(true);
  for (int i = 0; i < 1000; ++i) {
    request.add_queries()->mutable_id()->set_id(absl::StrCat("r", i));
  }
  grpc::CompletionQueue queue;
  std::vector<std::unique_ptr<v1::SearchService::Stub>> stubs;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<
      std::unique_ptr<grpc::ClientAsyncResponseReader<v1::BatchSearchResponse>>>
      calls;
  std::vector<v1::BatchSearchResponse> responses(clients);
  std::vector<grpc::Status> statuses(clients);
  for (size_t i = 0; i < clients; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel = grpc::CreateCustomChannel(
        address, grpc::InsecureChannelCredentials(), arguments);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() +
                                   std::chrono::seconds(30))) {
      return absl::UnavailableError(
          absl::StrCat("client ", i, " of ", clients, " could not connect"));
    }
    stubs.push_back(v1::SearchService::NewStub(channel));
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    calls.push_back(
        stubs[i]->AsyncBatchSearch(contexts[i].get(), request, &queue));
    calls[i]->Finish(&responses[i], &statuses[i], nullptr);
  }
  std::printf("{}\n");
  std::fflush(stdout);
  std::this_thread::sleep_for(std::chrono::seconds(60));
  return absl::OkStatus();
}

absl::Status BenchVanish(const ServeOptions& options, Figures* figures) {
  if (options.vanishing_clients == 0) return absl::OkStatus();
  std::fprintf(stderr, "serve: vanishing clients\n");
  figures->Section("vanishing clients");
  AKIN_ASSIGN_OR_RETURN(const ScratchFile file, WriteRows());
  // So that all of them wait, and none is refused.
  const std::vector<std::string> arguments = {
      "--load",
      absl::StrCat("bench/base=", file.path(), ",index=exact"),
      "--max-queue-milliseconds",
      "60000",
      "--queue-target-milliseconds",
      "60000"};
  AKIN_ASSIGN_OR_RETURN(const WatchedServer server,
                        WatchedServer::Start(arguments));
  AKIN_ASSIGN_OR_RETURN(const auto client,
                        client::Client::Connect(server.address()));
  AKIN_ASSIGN_OR_RETURN(const Held base,
                        WarmUp(server, *client, options.vanishing_clients));

  AKIN_ASSIGN_OR_RETURN(const auto vanishing,
                        Connected(server, options.vanishing_clients));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  AKIN_ASSIGN_OR_RETURN(const Held full, HeldBy(server, *client));
  vanishing->Signal(SIGKILL);
  const Stopwatch since;
  Held held = full;
  while (since.seconds() < kPatience &&
         (held.files > base.files || held.threads > base.threads ||
          held.calls > base.calls)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    AKIN_ASSIGN_OR_RETURN(held, HeldBy(server, *client));
  }
  const double seconds = since.seconds();
  TextTable table({"", "open files", "threads", "calls in flight"});
  for (const auto& [when, what] : {std::pair{"before", base},
                                   {"with the clients", full},
                                   {"after", held}}) {
    table.AddRow({when, absl::StrCat(what.files), absl::StrCat(what.threads),
                  absl::StrCat(what.calls)});
  }
  figures->Table(table);
  figures->Add(absl::StrCat("s until nothing is left of ",
                            options.vanishing_clients, " clients"),
               "vanishing clients", Exactly(seconds), kGoal);
  return absl::OkStatus();
}

}  // namespace akin::bench
