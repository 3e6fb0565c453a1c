#include "tests/bench/versions/swap_memory.h"

#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/versions/swap_server.h"

namespace akin::bench {
namespace {

constexpr Goal kBackGoal = {5, 1, true};
constexpr Goal kPeakGoal = {1.1, 1.02, true};
constexpr double kNearOne = 1.02;  // of what one version takes
constexpr double kPatience = 30;

void Settle() { std::this_thread::sleep_for(std::chrono::seconds(1)); }

// A server without versions, asked as the others are.
absl::StatusOr<double> BaseBytes() {
  AKIN_ASSIGN_OR_RETURN(const ScratchFolder empty, ScratchFolder::Create());
  AKIN_ASSIGN_OR_RETURN(const SwapServer server,
                        SwapServer::Start(empty.path(), 1));
  for (int i = 0; i < 10; ++i) {
    AKIN_RETURN_IF_ERROR(server.client().ListModels({}).status());
  }
  Settle();
  return static_cast<double>(server.process().ResidentBytes());
}

class MemoryWatch {
 public:
  MemoryWatch(const SwapServer& server, double base_bytes)
      : server_(server), base_(base_bytes) {}

  // What version 1 alone takes.
  absl::Status Begin() {
    AKIN_RETURN_IF_ERROR(
        server_.WaitUntil("version 1 is loaded", [&](const v1::Model& model) {
          own_ = static_cast<double>(OwnBytes(model, 1));
          return IsAlone(model, 1);
        }));
    Settle();
    one_ = Resident();
    return absl::OkStatus();
  }

  absl::Status Swap(VersionBuild* next) {
    AKIN_RETURN_IF_ERROR(server_.process().ForgetPeak());
    AKIN_RETURN_IF_ERROR(next->Publish());
    const int64_t version = next->version();
    double next_own = 0;
    AKIN_RETURN_IF_ERROR(server_.WaitUntil(
        absl::StrCat("version ", version, " is loaded"),
        [&](const v1::Model& model) {
          next_own = static_cast<double>(OwnBytes(model, version));
          return StateOf(model, version) == v1::VERSION_STATE_AVAILABLE;
        }));
    // The one before is retired in the same step.
    const Stopwatch since;
    while (Resident() > kNearOne * one_ && since.seconds() < kPatience) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    seconds_.push_back(since.seconds());
    const auto peak =
        static_cast<double>(server_.process().PeakResidentBytes());
    peaks_.push_back(peak);
    ratios_.push_back((peak - base_) / (own_ + next_own));
    own_ = next_own;
    Settle();
    return absl::OkStatus();
  }

  void Report(Figures* figures) const {
    TextTable table({"resident", "MB"});
    const auto row = [&](const char* what, double bytes) {
      table.AddRow({what, absl::StrFormat("%.1f", bytes * 1e-6)});
    };
    row("without a version", base_);
    row("with one", one_);
    row("at most, while the next is loaded", Median(peaks_));
    row("in the end", Resident());
    row("a version, by its own account", own_);
    figures->Table(table);
    figures->Add("s from the swap until the RSS is one version's", "swap",
                 EstimateMedian(seconds_), kBackGoal);
    figures->Add("peak RSS of a swap / both versions", "swap",
                 EstimateMedian(ratios_), kPeakGoal);
  }

 private:
  double Resident() const {
    return static_cast<double>(server_.process().ResidentBytes());
  }

  const SwapServer& server_;
  const double base_;
  double one_ = 0;
  double own_ = 0;
  std::vector<double> seconds_;
  std::vector<double> peaks_;
  std::vector<double> ratios_;
};

}  // namespace

absl::Status BenchSwapMemory(const VersionsOptions& options,
                             const std::string& runs, Figures* figures) {
  std::fprintf(stderr, "versions: memory of swaps\n");
  figures->Section("memory of swaps");
  AKIN_ASSIGN_OR_RETURN(const double base, BaseBytes());
  AKIN_ASSIGN_OR_RETURN(const ScratchFolder repository,
                        ScratchFolder::Create());
  AKIN_ASSIGN_OR_RETURN(const auto first,
                        PrepareVersion(runs, repository.path(), 1));
  AKIN_RETURN_IF_ERROR(first->Publish());
  AKIN_ASSIGN_OR_RETURN(const SwapServer server,
                        SwapServer::Start(repository.path(), 1));
  MemoryWatch watch(server, base);
  AKIN_RETURN_IF_ERROR(watch.Begin());
  for (size_t i = 0; i < options.memory_swaps; ++i) {
    AKIN_ASSIGN_OR_RETURN(
        const auto next,
        PrepareVersion(runs, repository.path(), static_cast<int64_t>(i + 2)));
    AKIN_RETURN_IF_ERROR(watch.Swap(next.get()));
  }
  watch.Report(figures);
  return absl::OkStatus();
}

}  // namespace akin::bench
