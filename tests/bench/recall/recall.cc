#include "tests/bench/recall/recall.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cpp/client.h"
#include "index/base/status_macros.h"
#include "server/recall/recall_control.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/serve/generator.h"
#include "tests/bench/serve/served_set.h"

namespace akin::bench {
namespace {

constexpr Goal kBudgetGoal = {1, 1, true};
constexpr Goal kTailGoal = {1.25, 1.1, true};
constexpr size_t kOutstanding = 64;

// A server, and who asks it.
struct Watched {
  double cpu_share = 0;  // 0: not watched
  WatchedServer server;
  Generator generator{server.address(), 1};
};

absl::StatusOr<v1::GetRecallResponse> AskRecall(const WatchedServer& server) {
  AKIN_ASSIGN_OR_RETURN(const auto client,
                        client::Client::Connect(server.address()));
  v1::GetRecallRequest request;
  request.set_model("bench");
  return client->GetRecall(request);
}

// Of queries without a filter or a target of their own; null: not yet.
const v1::RecallEstimate* EstimateIn(const v1::GetRecallResponse& response) {
  for (const v1::TableRecall& table : response.tables()) {
    for (const v1::RecallEstimate& estimate : table.estimates()) {
      if (!estimate.own_target()) return &estimate;
    }
  }
  return nullptr;
}

class SetBench {
 public:
  SetBench(const RecallBenchOptions& options, const ServedSet& served,
           Figures* figures)
      : options_(options),
        served_(served),
        figures_(*figures),
        searches_(served.ByVector()) {}

  absl::Status Run() {
    figures_.Section(
        absl::StrCat(served_.set().name, ": ", served_.set().about));
    for (const double share : options_.cpu_shares) {
      AKIN_RETURN_IF_ERROR(Cost(share));
    }
    return Alert();
  }

 private:
  const std::string& name() const { return served_.set().name; }

  static std::string Percent(double share) {
    return absl::StrFormat("%g %%", 100 * share);
  }

  absl::StatusOr<std::unique_ptr<Watched>> Start(
      double share, std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--recall-cpu-share", absl::StrCat(share)});
    PinThisProcess(kAllProcessors);
    AKIN_ASSIGN_OR_RETURN(WatchedServer server, served_.Serve(std::move(more)));
    PinThisProcess(kGeneratorProcessor);
    return std::unique_ptr<Watched>(new Watched{share, std::move(server)});
  }

  Load ClosedLoop() const {
    Load load;
    load.kind = CallKind::kSearch;
    load.searches = &searches_;
    load.outstanding = kOutstanding;
    load.seconds = options_.seconds_per_block;
    return load;
  }

  static absl::StatusOr<LoadResult> Ask(const Load& load,
                                        Generator* generator) {
    LoadResult result = generator->Run(load);
    if (result.failed > 0 || result.ok == 0) {
      return absl::InternalError(absl::StrCat("calls failed: ", result.failed,
                                              ", the first with ",
                                              result.first_failure));
    }
    return result;
  }

  // The same load on a server that watches and on one that does not.
  absl::Status Cost(double share) {
    AKIN_ASSIGN_OR_RETURN(const auto watched, Start(share));
    AKIN_ASSIGN_OR_RETURN(const auto blind, Start(0));
    std::vector<double> cpu[2];
    std::vector<double> p99[2];
    double per_second = 0;
    const auto measure = [&](Watched* side, size_t i) -> absl::Status {
      const double before = side->server.CpuSeconds();
      AKIN_ASSIGN_OR_RETURN(const LoadResult closed,
                            Ask(ClosedLoop(), &side->generator));
      cpu[i].push_back((side->server.CpuSeconds() - before) /
                       static_cast<double>(closed.ok + closed.refused));
      if (per_second == 0) per_second = closed.per_second() / 2;
      Load open = ClosedLoop();
      open.per_second = per_second;
      open.seconds = options_.seconds_open_loop;
      AKIN_ASSIGN_OR_RETURN(LoadResult result, Ask(open, &side->generator));
      p99[i].push_back(Percentile(&result.latencies_us, 0.99));
      return absl::OkStatus();
    };
    AKIN_RETURN_IF_ERROR(RunInPairs(
        options_.pairs, [&] { return measure(watched.get(), 0); },
        [&] { return measure(blind.get(), 1); }));

    AKIN_ASSIGN_OR_RETURN(const auto response, AskRecall(watched->server));
    const v1::RecallSampling& sampling = response.sampling();
    figures_.Line(absl::StrFormat(
        "May use %s of a processor: used %.3f %%; %d queries offered, %d "
        "measured, %d dropped. Processor time a query %.1f us, unwatched %.1f; "
        "p99 at %.0f calls/s %.0f us, unwatched %.0f.",
        Percent(share), 100 * sampling.cpu_share_used(), sampling.offered(),
        sampling.measured(), sampling.dropped(), 1e6 * Median(cpu[0]),
        1e6 * Median(cpu[1]), per_second, Median(p99[0]), Median(p99[1])));
    figures_.Add(absl::StrCat("processor used / allowed, ", Percent(share)),
                 name(), Exactly(sampling.cpu_share_used() / share),
                 kBudgetGoal);
    figures_.Add(
        absl::StrCat("server CPU a query, watched / not, ", Percent(share)),
        name(), EstimateMedian(Ratios(cpu)), {1 + share, 1, true});
    figures_.Add(
        absl::StrCat("p99 at half load, watched / not, ", Percent(share)),
        name(), EstimateMedian(Ratios(p99)), kTailGoal);
    return CompareWithTruth(response, watched.get());
  }

  static std::vector<double> Ratios(const std::vector<double> (&sides)[2]) {
    std::vector<double> ratios;
    for (size_t i = 0; i < sides[0].size(); ++i) {
      ratios.push_back(sides[0][i] / sides[1][i]);
    }
    return ratios;
  }

  absl::Status CompareWithTruth(const v1::GetRecallResponse& response,
                                Watched* watched) {
    const v1::RecallEstimate* const estimate = EstimateIn(response);
    if (estimate == nullptr) {
      return absl::InternalError("the server has no estimate after all this");
    }
    AKIN_ASSIGN_OR_RETURN(const double truth, TrueRecall(&watched->generator));
    figures_.Line(absl::StrFormat(
        "It says: recall %.4f [%.4f, %.4f] by the latest %d samples. All %d "
        "queries, answered again exactly: %.4f.",
        estimate->recall(), estimate->low(), estimate->high(),
        estimate->samples(), searches_.size(), truth));
    return absl::OkStatus();
  }

  // The share of the ids of exact answers that the usual ones have, over all
  // queries.
  absl::StatusOr<double> TrueRecall(Generator* generator) const {
    using Ids = std::vector<std::set<std::string>>;
    const auto all = [&](bool exact) -> absl::StatusOr<Ids> {
      std::vector<v1::SearchRequest> requests = searches_;
      for (v1::SearchRequest& request : requests) {
        request.mutable_options()->set_exact(exact);
      }
      Ids ids(requests.size());
      Load load = ClosedLoop();
      load.searches = &requests;
      load.outstanding = 1;
      load.seconds = 1e6;
      load.most_calls = requests.size();
      load.on_answer = [&](const Answered& answered) {
        for (const v1::Hit& hit : answered.response.hits()) {
          ids[answered.asked].insert(hit.id());
        }
      };
      AKIN_RETURN_IF_ERROR(Ask(load, generator).status());
      return ids;
    };
    AKIN_ASSIGN_OR_RETURN(const Ids exact, all(true));
    AKIN_ASSIGN_OR_RETURN(const Ids found, all(false));
    double sum = 0;
    for (size_t i = 0; i < exact.size(); ++i) {
      const auto hits = std::count_if(
          exact[i].begin(), exact[i].end(),
          [&](const std::string& id) { return found[i].count(id) > 0; });
      sum += static_cast<double>(hits) / static_cast<double>(exact[i].size());
    }
    return sum / static_cast<double>(exact.size());
  }

  // How soon a target that cannot be held is an alert, at the least effort.
  absl::Status Alert() {
    const double share = options_.cpu_shares.back();
    AKIN_ASSIGN_OR_RETURN(
        const auto watched,
        Start(share, {"--recall-target", absl::StrCat(options_.missed_target),
                      "--recall-effort-most", "1"}));
    const auto begin = std::chrono::steady_clock::now();
    const auto seconds = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                           begin)
          .count();
    };
    Load load = ClosedLoop();
    load.seconds = 0.1;
    v1::GetRecallResponse response;
    double recall = 0;
    do {
      AKIN_RETURN_IF_ERROR(Ask(load, &watched->generator).status());
      AKIN_ASSIGN_OR_RETURN(response, AskRecall(watched->server));
      const v1::RecallEstimate* const estimate = EstimateIn(response);
      if (estimate != nullptr) recall = estimate->recall();
    } while (!response.tables(0).below_target() &&
             seconds() < options_.most_alert_seconds);
    const std::optional<uint64_t> stated =
        server::SamplesToAlert({options_.missed_target, 1, 1}, recall);
    figures_.Line(absl::StrFormat(
        "A target of %g where recall is %.4f and effort may not rise: %s after "
        "%.1f s under full load, %d queries, %d samples; stated are at most %s "
        "samples.",
        options_.missed_target, recall,
        response.tables(0).below_target() ? "an alert" : "NO alert", seconds(),
        response.sampling().offered(), response.sampling().measured(),
        stated.has_value() ? absl::StrCat(*stated) : "unknown many"));
    return absl::OkStatus();
  }

  const RecallBenchOptions& options_;
  const ServedSet& served_;
  Figures& figures_;
  const std::vector<v1::SearchRequest> searches_;
};

}  // namespace

absl::Status BenchRecall(const RecallBenchOptions& options) {
  Figures figures("recall", ThisMachine());
  for (const std::string& name : options.sets) {
    PinThisProcess(kAllProcessors);
    WorkerPool pool(std::thread::hardware_concurrency());
    std::fprintf(stderr, "recall: %s, vectors, index, servers\n", name.c_str());
    auto served = ServedSet::Make(name, &pool);
    if (absl::IsNotFound(served.status())) {
      figures.Line(absl::StrCat("\n## ", name, "\nskipped: no data"));
      continue;
    }
    AKIN_RETURN_IF_ERROR(served.status());
    AKIN_RETURN_IF_ERROR(SetBench(options, *served, &figures).Run());
  }
  figures.Finish(
      {"The servers share one processor, one at a time has load; the generator "
       "has another. Processor time is the kernel's count for all threads of "
       "the server.",
       absl::StrFormat(
           "Ratios: median of %d pairs of blocks of %g s in a closed loop of "
           "%d calls, and of %g s at half its rate [95 %% bootstrap interval].",
           options.pairs, options.seconds_per_block, kOutstanding,
           options.seconds_open_loop)},
      options.json_out);
  return absl::OkStatus();
}

}  // namespace akin::bench
