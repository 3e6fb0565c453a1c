#include "tests/bench/engine/set_bench.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "tests/bench/engine/akin_engine.h"
#include "tests/bench/engine/blocks.h"
#include "tests/bench/engine/exact_bench.h"

namespace akin::bench {
namespace {

constexpr Goal kThreadsGoal = {1.8, 1.95, false};
constexpr Goal kBuildGoal = {1, 2, false};
constexpr Goal kRooflineGoal = {0.25, 0.4, false};
constexpr const char* kRooflineSet = "clusters-1m-128";
// Fewer rows are in the caches, and tell nothing of exact search.
constexpr size_t kLeastExactRows = 50'000;

std::string ShowMix(const EffortMix& mix) {
  if (mix.exceeded) {
    return absl::StrFormat("%d (> %.3f)", mix.low, mix.recall);
  }
  return absl::StrFormat("%.1f", mix.Mean(static_cast<double>(mix.low),
                                          static_cast<double>(mix.high)));
}

class SetBench {
 public:
  explicit SetBench(const Competition& competition)
      : competition_(competition),
        options_(competition.options()),
        figures_(*competition.setting().figures),
        set_(competition.set()),
        pool_(competition.setting().pool),
        seconds_per_query_(competition.ours().size()) {}

  void CompareAll();
  void CompareThreads();
  absl::Status CountAll();
  absl::Status CompareBuilds();
  void CompareExact();
  std::optional<GrowthPoint> Growth() const;

 private:
  std::optional<EffortMix> MixOf(const Contender& contender,
                                 double recall = kUsualRecall) const {
    return FindContenderMix(competition_.plan(), recall, contender);
  }
  SearchSide Side(const Contender& contender, const EffortMix& mix,
                  size_t threads) const {
    return SearchSide(&set_, contender.engine, mix, options_.k, threads,
                      options_.seconds_per_block);
  }

  void Compare(double recall, size_t layout, const Contender& rival,
               TextTable* table);
  std::optional<Goal> GoalOf(double recall, size_t layout,
                             const Contender& rival) const;
  absl::Status Count(size_t layout, TextTable* table);
  void CountRival(const Contender& rival, TextTable* table) const;
  absl::StatusOr<double> BuildOurs() const;
  absl::StatusOr<double> BuildTheirs(const RivalOptions& options) const;

  const Competition& competition_;
  const EngineOptions& options_;
  Figures& figures_;
  const VectorSet& set_;
  WorkerPool* const pool_;
  // Of a processor, at kUsualRecall, by layout; 0: not measured.
  std::vector<double> seconds_per_query_;
};

std::optional<Goal> SetBench::GoalOf(double recall, size_t layout,
                                     const Contender& rival) const {
  const bool faiss =
      !competition_.faiss().empty() && &rival == &competition_.faiss().front();
  const bool usual = recall == kUsualRecall;
  if (competition_.ours()[layout].plan.profile == Profile::kCompact) {
    return faiss || !usual ? std::nullopt : std::optional(Goal{2, 3, false});
  }
  if (layout != 0 || recall < kUsualRecall) return std::nullopt;
  if (faiss) return usual ? std::optional(Goal{8, 20, false}) : std::nullopt;
  return usual ? Goal{3.5, 6, false} : Goal{4, 6, false};
}

void SetBench::Compare(double recall, size_t layout, const Contender& rival,
                       TextTable* table) {
  const Contender& akin = competition_.ours()[layout].contender;
  const auto our_mix = MixOf(akin, recall);
  const auto mix = MixOf(rival, recall);
  if (!our_mix.has_value() || !mix.has_value()) {
    const std::string who = our_mix.has_value() ? rival.name : akin.name;
    table->AddRow({absl::StrFormat("%.2f", recall), akin.name, "", "",
                   rival.name, "", "", absl::StrCat(who, " never reaches it")});
    return;
  }
  SearchSide a = Side(akin, *our_mix, options_.threads);
  SearchSide b = Side(rival, *mix, options_.threads);
  const BlockComparison result = CompareInBlocks(
      options_.pairs, [&] { return a.Run(); }, [&] { return b.Run(); });
  table->AddRow({absl::StrFormat("%.2f", recall), akin.name, ShowMix(*our_mix),
                 absl::StrFormat("%.0f", result.rate_a), rival.name,
                 ShowMix(*mix), absl::StrFormat("%.0f", result.rate_b),
                 Show(result.ratio), Show(result.cpu_ratio)});
  if (recall == kUsualRecall) {
    seconds_per_query_[layout] = 1 / result.cpu_rate_a;
  }
  competition_.Json()["comparisons"].push_back(
      {{"recall", recall},
       {"akin", akin.name},
       {"akin_effort", ShowMix(*our_mix)},
       {"akin_qps", result.rate_a},
       {"rival", rival.name},
       {"rival_effort", ShowMix(*mix)},
       {"rival_qps", result.rate_b},
       {"ratio", ToJson(result.ratio)},
       {"cpu_ratio", ToJson(result.cpu_ratio)},
       {"dropped_pairs", result.dropped}});
  if (const auto goal = GoalOf(recall, layout, rival); goal.has_value()) {
    figures_.Add(absl::StrFormat("QPS at %.2f, %s over %s", recall, akin.name,
                                 rival.name),
                 set_.name, result.ratio, *goal);
  }
}

void SetBench::CompareAll() {
  TextTable table({absl::StrCat("recall@", options_.k), "engine", "effort",
                   "QPS", "rival", "effort", "QPS", "ratio", "by CPU time"});
  for (const double recall : kRecalls) {
    competition_.Progress(absl::StrFormat("pairs at recall %.2f", recall));
    const Competition::Hnswlib* best = competition_.BestHnswlib(recall);
    for (size_t i = 0; best != nullptr && i < competition_.ours().size(); ++i) {
      Compare(recall, i, best->contender, &table);
    }
    for (const Contender& faiss : competition_.faiss()) {
      Compare(recall, 0, faiss, &table);
    }
  }
  figures_.Table(table);
}

void SetBench::CompareThreads() {
  const size_t many = pool_->threads();
  if (many < 2) return;
  competition_.Progress("threads");
  const Contender& akin = competition_.ours().front().contender;
  std::vector<const Contender*> contenders = {&akin};
  if (const auto* best = competition_.BestHnswlib(kUsualRecall)) {
    contenders.push_back(&best->contender);
  }
  for (const Contender* contender : contenders) {
    const auto mix = MixOf(*contender);
    if (!mix.has_value()) continue;
    SearchSide a = Side(*contender, *mix, many);
    SearchSide b = Side(*contender, *mix, 1);
    const BlockComparison result = CompareInBlocks(
        options_.pairs, [&] { return a.Run(); }, [&] { return b.Run(); });
    figures_.Line(absl::StrFormat(
        "%s at recall %.2f: %d threads answer %s times as many queries as one.",
        contender->name, kUsualRecall, many, Show(result.ratio)));
    competition_.Json()["threads"].push_back({{"engine", contender->name},
                                              {"threads", many},
                                              {"qps", result.rate_a},
                                              {"ratio", ToJson(result.ratio)}});
    if (contender == &akin) {
      figures_.Add(absl::StrCat(many, " threads over 1"), set_.name,
                   result.ratio, kThreadsGoal);
    }
  }
}

absl::Status SetBench::Count(size_t layout, TextTable* table) {
  const auto& [akin, plan] = competition_.ours()[layout];
  const auto mix = MixOf(akin);
  if (!mix.has_value()) return absl::OkStatus();
  const SearchCounts counts =
      MeanOf(CountPerQuery(competition_.plan(), *mix, akin.engine));
  AKIN_ASSIGN_OR_RETURN(const MachineRates rates,
                        MeasureRates(plan, set_.dimension(),
                                     akin.engine->memory_bytes(), counts));
  const Roofline roof = RooflineOf(rates, counts);
  const double seconds = seconds_per_query_[layout];
  const double efficiency = seconds > 0 ? roof.seconds() / seconds : 0;
  const auto microseconds = [](double value) {
    return absl::StrFormat("%.2f", value * 1e6);
  };
  const auto count = [](double value) {
    return absl::StrFormat("%.1f", value);
  };
  table->AddRow(
      {akin.name, count(counts.distances), count(counts.hops),
       count(counts.lines), count(counts.reranks), microseconds(seconds),
       microseconds(roof.seconds()), microseconds(roof.memory),
       microseconds(roof.compute), microseconds(roof.waiting),
       absl::StrFormat("%.2f%s", efficiency, counts.exact ? " (exact)" : "")});
  competition_.Json()["counts"].push_back(
      {{"engine", akin.name},
       {"distances", counts.distances},
       {"hops", counts.hops},
       {"lines", counts.lines},
       {"reranks", counts.reranks},
       {"microseconds", seconds * 1e6},
       {"ns_per_line", rates.seconds_per_line * 1e9},
       {"ns_per_distance", rates.seconds_per_distance * 1e9},
       {"ns_per_dependent_read", rates.seconds_per_dependent_read * 1e9},
       {"roofline_efficiency", efficiency}});
  if (layout == 0 && set_.name == kRooflineSet && seconds > 0) {
    figures_.Add("roofline efficiency", set_.name, Exactly(efficiency),
                 kRooflineGoal);
  }
  return absl::OkStatus();
}

void SetBench::CountRival(const Contender& rival, TextTable* table) const {
  const auto mix = MixOf(rival);
  if (!mix.has_value()) return;
  const SearchCounts counts =
      MeanOf(CountPerQuery(competition_.plan(), *mix, rival.engine));
  table->AddRow({rival.name, absl::StrFormat("%.1f", counts.distances),
                 absl::StrFormat("%.1f", counts.hops)});
  competition_.Json()["counts"].push_back({{"engine", rival.name},
                                           {"distances", counts.distances},
                                           {"hops", counts.hops}});
}

absl::Status SetBench::CountAll() {
  competition_.Progress("counts and roofline");
  TextTable table({absl::StrFormat("at recall %.2f", kUsualRecall), "distances",
                   "hops", "lines", "re-ranks", "us", "model us", "memory us",
                   "compute us", "hops x latency us", "efficiency"});
  for (size_t i = 0; i < competition_.ours().size(); ++i) {
    AKIN_RETURN_IF_ERROR(Count(i, &table));
  }
  if (const auto* best = competition_.BestHnswlib(kUsualRecall)) {
    CountRival(best->contender, &table);
  }
  figures_.Table(table);
  return absl::OkStatus();
}

absl::StatusOr<double> SetBench::BuildOurs() const {
  competition_.Progress("build pairs, akin");
  AKIN_ASSIGN_OR_RETURN(const AkinIndex index,
                        MakeAkin(set_, options_.layouts.front(), pool_));
  return index.engine->build_seconds();
}

absl::StatusOr<double> SetBench::BuildTheirs(
    const RivalOptions& options) const {
  competition_.Progress("build pairs, hnswlib");
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<SearchEngine> engine,
                        competition_.setting().hnswlib.Make(
                            set_, competition_.hnswlib_by_inner_product(),
                            options, CacheFolder("")));
  return engine->build_seconds();
}

absl::Status SetBench::CompareBuilds() {
  const Competition::Hnswlib* best = competition_.BestHnswlib(kUsualRecall);
  if (best == nullptr || options_.build_pairs == 0 ||
      !absl::c_linear_search(options_.build_sets, set_.name)) {
    return absl::OkStatus();
  }
  std::vector<double> ours;
  std::vector<double> theirs;
  AKIN_RETURN_IF_ERROR(RunInPairs(
      options_.build_pairs,
      [&]() -> absl::Status {
        AKIN_ASSIGN_OR_RETURN(const double seconds, BuildOurs());
        ours.push_back(seconds);
        return absl::OkStatus();
      },
      [&]() -> absl::Status {
        AKIN_ASSIGN_OR_RETURN(const double seconds, BuildTheirs(best->options));
        theirs.push_back(seconds);
        return absl::OkStatus();
      }));
  std::vector<double> ratios(ours.size());
  for (size_t i = 0; i < ours.size(); ++i) ratios[i] = theirs[i] / ours[i];
  const Estimate ratio = EstimateMedian(ratios);
  const std::string& rival = best->contender.name;
  figures_.Line(absl::StrFormat(
      "Build on %d threads: akin %.1f s, %s %.1f s; %s times as fast, with the "
      "QPS ratio above.",
      pool_->threads(), Median(ours), rival, Median(theirs), Show(ratio)));
  competition_.Json()["build_ratio"] = ToJson(ratio);
  figures_.Add(absl::StrCat("build rate over ", rival), set_.name, ratio,
               kBuildGoal);
  return absl::OkStatus();
}

void SetBench::CompareExact() {
  if (!options_.exact || set_.rows() < kLeastExactRows) return;
  competition_.Progress("exact search");
  ExactBenchOptions exact;
  exact.k = options_.k;
  exact.pairs = options_.pairs;
  exact.seconds_per_block = options_.seconds_per_block;
  exact.most_threads = pool_->threads();
  figures_.Line("");
  BenchExact(set_, exact, &figures_);
}

std::optional<GrowthPoint> SetBench::Growth() const {
  const Contender& akin = competition_.ours().front().contender;
  const auto mix = MixOf(akin);
  if (!mix.has_value()) return std::nullopt;
  GrowthPoint point;
  point.rows = static_cast<double>(set_.rows());
  point.distances.reserve(set_.query_count());
  for (const SearchCounts& counts :
       CountPerQuery(competition_.plan(), *mix, akin.engine)) {
    point.distances.push_back(counts.distances);
  }
  return point;
}

}  // namespace

absl::StatusOr<std::optional<GrowthPoint>> BenchSet(
    const std::string& name, const BenchSetting& setting) {
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<Competition> competition,
                        Competition::Make(name, &setting));
  AKIN_RETURN_IF_ERROR(competition->BuildOurs(setting.options.layouts));
  AKIN_RETURN_IF_ERROR(competition->BuildRivals());
  competition->SweepAll();
  SetBench bench(*competition);
  bench.CompareAll();
  AKIN_RETURN_IF_ERROR(bench.CountAll());
  bench.CompareThreads();
  AKIN_RETURN_IF_ERROR(bench.CompareBuilds());
  bench.CompareExact();
  return bench.Growth();
}

absl::StatusOr<std::optional<GrowthPoint>> BenchGrowth(
    const std::string& name, const BenchSetting& setting) {
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<Competition> competition,
                        Competition::Make(name, &setting));
  AKIN_RETURN_IF_ERROR(
      competition->BuildOurs({setting.options.layouts.front()}));
  competition->SweepAll();
  return SetBench(*competition).Growth();
}

}  // namespace akin::bench
