#include "tests/bench/engine/sweep.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <utility>

#include "tests/bench/engine/blocks.h"

namespace akin::bench {
namespace {

constexpr double kGridStep = 1.25;
constexpr size_t kVisits = 3;
constexpr double kVisitSeconds = 0.1;

// k, and then about a quarter more at each step.
std::vector<size_t> EffortGrid(size_t k) {
  std::vector<size_t> grid;
  for (size_t effort = k; effort <= kMostEffort;
       effort = std::max(effort + 1,
                         static_cast<size_t>(std::lround(
                             static_cast<double>(effort) * kGridStep)))) {
    grid.push_back(effort);
  }
  return grid;
}

// A mix of one effort alone.
EffortMix Only(size_t effort) { return {effort, effort, 1, 0, false}; }

void TimePoints(const QueryPlan& plan,
                const std::vector<Contender*>& contenders) {
  struct Visits {
    CurvePoint* point;
    SearchEngine* engine;
    std::vector<double> rates;
  };
  std::vector<Visits> all;
  for (Contender* contender : contenders) {
    for (CurvePoint& point : contender->points) {
      all.push_back({&point, contender->engine, {}});
    }
  }
  for (size_t visit = 0; visit < kVisits; ++visit) {
    for (Visits& visits : all) {
      SearchSide side(plan.set, visits.engine, Only(visits.point->effort),
                      plan.k, 1, kVisitSeconds);
      side.Run();
      const Block block = side.Run();
      visits.rates.push_back(block.done / block.cpu_seconds);
    }
  }
  for (Visits& visits : all) visits.point->qps = Median(visits.rates);
}

}  // namespace

double MeasureRecall(const QueryPlan& plan, size_t effort,
                     SearchEngine* engine) {
  const size_t queries = plan.set->query_count();
  engine->SetEffort(effort);
  std::atomic<size_t> hits{0};
  TimeOnThreads(plan.threads, [&](size_t thread) {
    std::vector<uint32_t> rows(plan.k);
    for (size_t i = thread; i < queries; i += plan.threads) {
      const size_t count =
          engine->Search(plan.set->query(i), plan.k, rows.data());
      hits += plan.truth->Hits(*plan.set, i, plan.k, rows.data(), count);
    }
  });
  const size_t wanted = std::min(plan.k, plan.set->rows());
  return static_cast<double>(hits) / static_cast<double>(queries * wanted);
}

void Sweep(const QueryPlan& plan, double least, double most,
           const std::vector<Contender*>& contenders) {
  for (Contender* contender : contenders) {
    for (const size_t effort : EffortGrid(plan.k)) {
      const double recall = MeasureRecall(plan, effort, contender->engine);
      if (recall < least) contender->points.clear();
      contender->points.push_back({effort, recall, 0});
      if (recall >= most) break;
    }
  }
  TimePoints(plan, contenders);
  for (Contender* contender : contenders) {
    contender->front = ParetoFront(contender->points);
  }
}

std::optional<EffortMix> FindContenderMix(const QueryPlan& plan, double recall,
                                          const Contender& contender) {
  const auto reading = ReadCurve(contender.front, recall);
  if (!reading.has_value()) return std::nullopt;
  return FindMix(recall, plan.k, kMostEffort,
                 static_cast<size_t>(std::lround(reading->effort)),
                 [&](size_t effort) {
                   return MeasureRecall(plan, effort, contender.engine);
                 });
}

std::vector<SearchCounts> CountPerQuery(const QueryPlan& plan,
                                        const EffortMix& mix,
                                        SearchEngine* engine) {
  std::vector<SearchCounts> low(plan.set->query_count());
  std::vector<SearchCounts> high(low.size());
  std::vector<uint32_t> rows(plan.k);
  for (auto& [effort, counts] : {std::pair(mix.low, &low), {mix.high, &high}}) {
    engine->SetEffort(effort);
    for (size_t i = 0; i < counts->size(); ++i) {
      (*counts)[i] =
          engine->CountedSearch(plan.set->query(i), plan.k, rows.data());
    }
  }
  for (size_t i = 0; i < low.size(); ++i) {
    low[i] = {mix.Mean(low[i].distances, high[i].distances),
              mix.Mean(low[i].hops, high[i].hops),
              mix.Mean(low[i].lines, high[i].lines),
              mix.Mean(low[i].reranks, high[i].reranks),
              low[i].exact && high[i].exact};
  }
  return low;
}

SearchCounts MeanOf(const std::vector<SearchCounts>& counts) {
  SearchCounts mean;
  const auto share = 1 / static_cast<double>(counts.size());
  mean.exact = true;
  for (const SearchCounts& one : counts) {
    mean.distances += one.distances * share;
    mean.hops += one.hops * share;
    mean.lines += one.lines * share;
    mean.reranks += one.reranks * share;
    mean.exact = mean.exact && one.exact;
  }
  return mean;
}

}  // namespace akin::bench
