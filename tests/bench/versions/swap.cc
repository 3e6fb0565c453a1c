#include "tests/bench/versions/swap.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "tests/bench/serve/generator.h"
#include "tests/bench/versions/swap_answers.h"
#include "tests/bench/versions/swap_requests.h"
#include "tests/bench/versions/swap_server.h"
#include "tests/bench/versions/swap_windows.h"

namespace akin::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Goal kNone = {0, 0, true};
constexpr Goal kTailGoal = {2, 1.3, true};
constexpr double kShareOfCapacity = 0.5;
constexpr double kSecondsOfCapacity = 3;

void Sleep(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

// A server under half of the load that it can answer, while something is done
// to it.
class LoadedServer {
 public:
  LoadedServer(const SwapSizes& sizes, const SwapServer& server)
      : sizes_(sizes),
        requests_(SwapRequests(sizes)),
        generator_(server.process().address(), 4) {}

  // Sends until `work`, in a thread of its own, is done.
  absl::Status While(const std::function<absl::Status()>& work) {
    PinThisProcess(kGeneratorProcessor);
    AKIN_RETURN_IF_ERROR(MeasureCapacity());
    std::atomic<bool> stop = false;
    Load load = SearchLoad();
    load.per_second = per_second_;
    load.seconds = 1e6;
    load.stop = &stop;
    load.on_answer = [this](const Answered& answered) { Check(answered); };
    begin_ = Clock::now();
    absl::Status worked;
    std::thread worker([&] {
      worked = work();
      stop = true;
    });
    result_ = generator_.Run(load);
    worker.join();
    if (worked.ok() && result_.ok == 0) {
      return absl::InternalError("no call succeeded: " + result_.first_failure);
    }
    return worked;
  }

  // Of While.
  double Now() const { return SecondsOf(Clock::now()); }
  const std::vector<TimedCall>& calls() const { return calls_; }

  void Report(const std::string& during, Figures* figures) const {
    const auto failed = static_cast<double>(result_.failed + result_.refused);
    figures->Line(absl::StrFormat(
        "%.0f calls/s (%.0f %% of capacity), %d answered, of each version from "
        "%d to %d.",
        per_second_, kShareOfCapacity * 100, result_.ok, FewestOfAVersion(),
        MostOfAVersion()));
    if (failed > 0) {
      figures->Line("The first failure: " + (result_.first_failure.empty()
                                                 ? std::string("a refusal")
                                                 : result_.first_failure));
    }
    figures->Add("failed calls during " + during, "swap", Exactly(failed),
                 kNone);
    figures->Add("answers of two versions during " + during, "swap",
                 Exactly(static_cast<double>(mixed_)), kNone);
    figures->Add("answers of another version than they say, " + during, "swap",
                 Exactly(static_cast<double>(foreign_)), kNone);
  }

 private:
  Load SearchLoad() const {
    Load load;
    load.kind = CallKind::kSearch;
    load.searches = &requests_;
    return load;
  }

  absl::Status MeasureCapacity() {
    Load load = SearchLoad();
    load.seconds = kSecondsOfCapacity;
    const LoadResult closed = generator_.Run(load);
    if (closed.ok == 0 || closed.failed > 0) {
      return absl::InternalError("calls failed: " + closed.first_failure);
    }
    per_second_ = kShareOfCapacity * closed.per_second();
    return absl::OkStatus();
  }

  void Check(const Answered& answered) {
    calls_.push_back({SecondsOf(answered.meant), answered.latency_us});
    ++answers_[answered.response.version()];
    std::vector<absl::string_view> ids;
    for (const v1::Hit& hit : answered.response.hits()) ids.push_back(hit.id());
    switch (FaultOf(answered.response.version(), answered.asked, sizes_.items,
                    ids)) {
      case AnswerFault::kMixed:
        ++mixed_;
        break;
      case AnswerFault::kForeign:
        ++foreign_;
        break;
      case AnswerFault::kNone:
        break;
    }
  }

  double SecondsOf(Clock::time_point time) const {
    return std::chrono::duration<double>(time - begin_).count();
  }
  uint64_t FewestOfAVersion() const {
    uint64_t fewest = result_.ok;
    for (const auto& [version, answers] : answers_) {
      fewest = std::min(fewest, answers);
    }
    return fewest;
  }
  uint64_t MostOfAVersion() const {
    uint64_t most = 0;
    for (const auto& [version, answers] : answers_) {
      most = std::max(most, answers);
    }
    return most;
  }

  const SwapSizes& sizes_;
  const std::vector<v1::SearchRequest> requests_;
  Generator generator_;
  double per_second_ = 0;
  Clock::time_point begin_;
  LoadResult result_;
  std::vector<TimedCall> calls_;
  std::map<int64_t, uint64_t> answers_;  // by version
  uint64_t mixed_ = 0;
  uint64_t foreign_ = 0;
};

absl::Status MoveStable(const SwapServer& server, int64_t version) {
  v1::SetLabelRequest request;
  request.set_model(kSwapModel);
  request.set_label("stable");
  request.set_version(version);
  return server.client().SetLabel(request).status();
}

// Seals version after version, and watches what becomes of each.
class SwapWatch {
 public:
  SwapWatch(const VersionsOptions& options, const SwapServer& server,
            const LoadedServer& loaded)
      : options_(options), server_(server), loaded_(loaded) {}

  absl::Status Swap(VersionBuild* next) {
    SwapWindows windows;
    windows.before.begin = loaded_.Now();
    const double until = windows.before.begin + options_.seconds_before;
    // Asked as often as later, so that both stretches are disturbed alike.
    AKIN_RETURN_IF_ERROR(server_.WaitUntil("time has passed", [&](const auto&) {
      return loaded_.Now() >= until;
    }));
    windows.before.end = loaded_.Now();
    AKIN_RETURN_IF_ERROR(next->Publish());
    windows.during.begin = loaded_.Now();
    AKIN_RETURN_IF_ERROR(server_.WaitUntil(
        absl::StrCat("version ", next->version(),
                     " in the place of the others"),
        [&](const v1::Model& model) {
          const auto state = StateOf(model, next->version());
          if (state == v1::VERSION_STATE_UNSPECIFIED ||
              state == v1::VERSION_STATE_SEALED) {
            windows.during.begin = loaded_.Now();  // it is not yet being loaded
          }
          return IsAlone(model, next->version());
        }));
    windows.during.end = loaded_.Now();
    windows_.push_back(windows);
    return absl::OkStatus();
  }

  absl::Status Report(Figures* figures) const {
    std::vector<double> ratios;
    std::vector<double> seconds;
    std::vector<double> calls;
    std::vector<double> before;
    std::vector<double> during;
    for (const SwapWindows& windows : windows_) {
      const auto tail = TailOf(loaded_.calls(), windows);
      if (!tail.has_value()) continue;
      ratios.push_back(tail->ratio());
      seconds.push_back(windows.during.end - windows.during.begin);
      calls.push_back(static_cast<double>(tail->calls_during));
      before.push_back(tail->before_us);
      during.push_back(tail->during_us);
    }
    if (ratios.empty()) {
      return absl::InternalError(
          "no call was meant to be sent during a swap; expected larger "
          "versions");
    }
    TextTable table({"swaps", "s of a swap", "calls in it", "p99 us before",
                     "p99 us during"});
    table.AddRow({absl::StrCat(ratios.size()),
                  absl::StrFormat("%.3f", Median(seconds)),
                  absl::StrFormat("%.0f", Median(calls)),
                  absl::StrFormat("%.0f", Median(before)),
                  absl::StrFormat("%.0f", Median(during))});
    figures->Table(table);
    figures->Add("p99 during a swap / before it", "swap",
                 EstimateMedian(ratios), kTailGoal);
    return absl::OkStatus();
  }

 private:
  const VersionsOptions& options_;
  const SwapServer& server_;
  const LoadedServer& loaded_;
  std::vector<SwapWindows> windows_;
};

}  // namespace

absl::Status BenchLabelMoves(const VersionsOptions& options,
                             const std::string& runs, Figures* figures) {
  std::fprintf(stderr, "versions: label moves\n");
  figures->Section(absl::StrFormat("%d moves of the label stable under load",
                                   options.label_moves));
  AKIN_ASSIGN_OR_RETURN(const ScratchFolder repository,
                        ScratchFolder::Create());
  for (const int64_t version : {1, 2}) {
    AKIN_ASSIGN_OR_RETURN(const auto build,
                          PrepareVersion(runs, repository.path(), version));
    AKIN_RETURN_IF_ERROR(build->Publish());
  }
  AKIN_ASSIGN_OR_RETURN(const SwapServer server,
                        SwapServer::Start(repository.path(), 2));
  v1::LoadVersionRequest older;
  older.set_model(kSwapModel);
  older.set_version(1);
  AKIN_RETURN_IF_ERROR(server.client().LoadVersion(older).status());
  AKIN_RETURN_IF_ERROR(
      server.WaitUntil("version 1 is loaded", [](const v1::Model& model) {
        return StateOf(model, 1) == v1::VERSION_STATE_AVAILABLE;
      }));
  LoadedServer loaded(options.swapped, server);
  AKIN_RETURN_IF_ERROR(loaded.While([&]() -> absl::Status {
    for (size_t i = 0; i < options.label_moves; ++i) {
      Sleep(options.seconds_per_move);
      AKIN_RETURN_IF_ERROR(MoveStable(server, i % 2 == 0 ? 1 : 2));
    }
    Sleep(options.seconds_per_move);
    return absl::OkStatus();
  }));
  loaded.Report("label moves", figures);
  return absl::OkStatus();
}

absl::Status BenchSwaps(const VersionsOptions& options, const std::string& runs,
                        Figures* figures) {
  std::fprintf(stderr, "versions: swaps\n");
  figures->Section(
      absl::StrFormat("%d versions sealed under load", options.swaps));
  AKIN_ASSIGN_OR_RETURN(const ScratchFolder repository,
                        ScratchFolder::Create());
  // All are written before the load begins; then one rename makes each visible.
  std::vector<std::unique_ptr<VersionBuild>> builds;
  for (size_t i = 0; i <= options.swaps; ++i) {
    AKIN_ASSIGN_OR_RETURN(
        builds.emplace_back(),
        PrepareVersion(runs, repository.path(), static_cast<int64_t>(i + 1)));
  }
  AKIN_RETURN_IF_ERROR(builds.front()->Publish());
  AKIN_ASSIGN_OR_RETURN(const SwapServer server,
                        SwapServer::Start(repository.path(), 1));
  LoadedServer loaded(options.swapped, server);
  SwapWatch watch(options, server, loaded);
  AKIN_RETURN_IF_ERROR(loaded.While([&]() -> absl::Status {
    for (size_t i = 1; i < builds.size(); ++i) {
      AKIN_RETURN_IF_ERROR(watch.Swap(builds[i].get()));
    }
    return absl::OkStatus();
  }));
  loaded.Report("swaps", figures);
  return watch.Report(figures);
}

}  // namespace akin::bench
