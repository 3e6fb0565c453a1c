#include <signal.h>

#include <chrono>
#include <random>
#include <thread>

#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "tests/bench/chaos/chaos.h"
#include "tests/bench/chaos/served_run.h"
#include "tests/bench/versions/swap_requests.h"

namespace akin::bench {
namespace {

constexpr Goal kNone = {0, 0, true};
constexpr int kMostMilliseconds = 200;  // of load before a kill

}  // namespace

absl::Status KillServers(const ChaosOptions& options, const std::string& runs,
                         Figures* figures) {
  const auto requests = SwapRequests(options.sizes);
  std::mt19937_64 random(options.seed);
  size_t failed = 0;
  uint64_t answered = 0;
  for (size_t i = 0; i < options.kills; ++i) {
    const auto server = ServeRuns(runs);
    if (!server.ok() ||
        !CheckAnswers((*server)->address(), options.sizes).ok()) {
      ++failed;
      continue;
    }
    const auto pause = std::chrono::milliseconds(random() % kMostMilliseconds);
    AKIN_ASSIGN_OR_RETURN(const LoadResult load,
                          AskWhile((*server)->address(), requests, [&] {
                            std::this_thread::sleep_for(pause);
                            kill((*server)->pid(), SIGKILL);
                            return absl::OkStatus();
                          }));
    answered += load.ok;
  }
  AKIN_ASSIGN_OR_RETURN(const auto last, ServeRuns(runs));
  AKIN_RETURN_IF_ERROR(CheckAnswers(last->address(), options.sizes));
  figures->Line(absl::StrFormat(
      "Kills: %d servers killed under load (%d calls answered before), %d "
      "starts that failed or answered wrongly.",
      options.kills, answered, failed));
  figures->Add("bad starts after a kill", "kills",
               Exactly(static_cast<double>(failed)), kNone);
  return absl::OkStatus();
}

}  // namespace akin::bench
