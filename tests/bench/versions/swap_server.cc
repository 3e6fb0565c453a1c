#include "tests/bench/versions/swap_server.h"

#include <chrono>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/versions/swap_repository.h"

namespace akin::bench {
namespace {

constexpr double kPatience = 60;

}  // namespace

absl::StatusOr<SwapServer> SwapServer::Start(const std::string& repository,
                                             size_t keep_versions) {
  const std::vector<std::string> arguments = {
      "--repository", repository,        "--poll-seconds",
      "0.1",          "--keep-versions", absl::StrCat(keep_versions)};
  AKIN_ASSIGN_OR_RETURN(WatchedServer process, WatchedServer::Start(arguments));
  AKIN_ASSIGN_OR_RETURN(auto client,
                        client::Client::Connect(process.address()));
  return SwapServer(std::move(process), std::move(client));
}

absl::Status SwapServer::WaitUntil(
    const std::string& what,
    const std::function<bool(const v1::Model& model)>& done) const {
  v1::GetModelRequest request;
  request.set_model(kSwapModel);
  const Stopwatch watch;
  while (watch.seconds() < kPatience) {
    AKIN_ASSIGN_OR_RETURN(const auto response, client_->GetModel(request));
    if (done(response.model())) return absl::OkStatus();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return absl::DeadlineExceededError(
      absl::StrCat("after ", kPatience, " s still not: ", what));
}

v1::VersionState StateOf(const v1::Model& model, int64_t version) {
  for (const v1::ModelVersion& known : model.versions()) {
    if (known.version() == version) return known.state();
  }
  return v1::VERSION_STATE_UNSPECIFIED;
}

bool IsAlone(const v1::Model& model, int64_t version) {
  for (const v1::ModelVersion& known : model.versions()) {
    const bool held = known.state() == v1::VERSION_STATE_AVAILABLE ||
                      known.state() == v1::VERSION_STATE_UNLOADING;
    if (held != (known.version() == version)) return false;
  }
  return StateOf(model, version) == v1::VERSION_STATE_AVAILABLE;
}

uint64_t OwnBytes(const v1::Model& model, int64_t version) {
  uint64_t bytes = 0;
  for (const v1::ModelVersion& known : model.versions()) {
    if (known.version() != version) continue;
    for (const v1::Table& table : known.tables()) bytes += table.memory_bytes();
  }
  return bytes;
}

}  // namespace akin::bench
