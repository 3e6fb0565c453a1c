#include "tests/bench/serve/serve.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/serve/generator.h"
#include "tests/bench/serve/overload_bench.h"
#include "tests/bench/serve/served_set.h"
#include "tests/bench/serve/vanish_bench.h"

namespace akin::bench {
namespace {

constexpr Goal kUnaryGoal = {1.3, 1.1, true};
constexpr Goal kBatchGoal = {0.8, 0.9};
constexpr Goal kStreamGoal = {1.3, 1.6};
constexpr Goal kHalfLoadGoal = {4, 2, true};
constexpr Goal kHighLoadGoal = {8, 4, true};
constexpr Goal kMemoryGoal = {1.01, 1, true};

// A load, and what it cost the server.
struct Block {
  LoadResult result;
  double cpu_us = 0;  // of the server, a call

  double per_second() const { return result.per_second(); }
};

class SetBench {
 public:
  SetBench(const ServeOptions& options, const ServedSet& served,
           Figures* figures)
      : options_(options),
        served_(served),
        figures_(*figures),
        one_(served.server().address(), 1),
        four_(served.server().address(), 4),
        by_vector_(served.ByVector()),
        by_id_(served.ById()) {}

  absl::Status Run() {
    figures_.Section(
        absl::StrCat(served_.set().name, ": ", served_.set().about));
    AKIN_RETURN_IF_ERROR(SayWork());
    AKIN_RETURN_IF_ERROR(Loads());
    AKIN_RETURN_IF_ERROR(Price());
    AKIN_RETURN_IF_ERROR(Latency());
    return Mixed();
  }

 private:
  const std::string& name() const { return served_.set().name; }

  Load SearchLoad() const {
    Load load;
    load.kind = CallKind::kSearch;
    load.searches = &by_vector_;
    load.seconds = options_.seconds_per_block;
    return load;
  }

  absl::StatusOr<Block> Measure(const Load& load, Generator* generator) {
    const double cpu = served_.server().CpuSeconds();
    Block block;
    block.result = generator->Run(load);
    if (block.result.failed > 0 || block.result.ok == 0) {
      return absl::InternalError(
          absl::StrCat("calls failed: ", block.result.failed,
                       ", the first with ", block.result.first_failure));
    }
    block.cpu_us = (served_.server().CpuSeconds() - cpu) * 1e6 /
                   static_cast<double>(block.result.ok + block.result.refused);
    return block;
  }

  // Both sides should do the same work: their indexes were built apart.
  absl::Status SayWork() {
    Load load = SearchLoad();
    load.most_calls = by_vector_.size();
    AKIN_ASSIGN_OR_RETURN(const Block block, Measure(load, &one_));
    (void)block;
    figures_.Line(absl::StrFormat(
        "%d rows of %d dimensions; the engine compares %.0f vectors a query.",
        served_.set().rows(), served_.set().dimension(),
        served_.EngineDistances()));
    return absl::OkStatus();
  }

  // Every kind of load once: for reading, not for judging.
  absl::Status Loads() {
    TextTable table({"load", "outstanding", "connections", "calls/s",
                     "queries/s", "server us/call", "p50 us", "p99 us"});
    const auto add = [&](const std::string& what, Load load,
                         size_t queries) -> absl::Status {
      for (const auto& [outstanding, connections] :
           {std::pair{1, 1}, {8, 1}, {64, 1}, {64, 4}}) {
        load.outstanding = outstanding;
        AKIN_ASSIGN_OR_RETURN(Block block,
                              Measure(load, connections == 1 ? &one_ : &four_));
        auto& latencies = block.result.latencies_us;
        table.AddRow({what, absl::StrCat(outstanding),
                      absl::StrCat(connections),
                      absl::StrFormat("%.0f", block.per_second()),
                      absl::StrFormat("%.0f", block.per_second() * queries),
                      absl::StrFormat("%.1f", block.cpu_us),
                      absl::StrFormat("%.0f", Percentile(&latencies, 0.5)),
                      absl::StrFormat("%.0f", Percentile(&latencies, 0.99))});
      }
      return absl::OkStatus();
    };
    Load load = SearchLoad();
    load.kind = CallKind::kNull;
    AKIN_RETURN_IF_ERROR(add("empty call", load, 0));
    load.kind = CallKind::kSearch;
    AKIN_RETURN_IF_ERROR(add("by vector", load, 1));
    load.searches = &by_id_;
    AKIN_RETURN_IF_ERROR(add("by id", load, 1));
    load.searches = &by_vector_;
    load.kind = CallKind::kStream;
    AKIN_RETURN_IF_ERROR(add("stream", load, 1));
    load.kind = CallKind::kBatch;
    for (const size_t size : {1, 8, 32, 128}) {
      for (const bool flat : {false, true}) {
        const auto batches = served_.Batches(size, flat);
        load.batches = &batches;
        AKIN_RETURN_IF_ERROR(add(
            absl::StrCat("batch of ", size, flat ? ", flat" : ""), load, size));
      }
    }
    figures_.Table(table);
    return absl::OkStatus();
  }

  // What the wire adds to the engine, in one run, in turns.
  absl::Status Price() {
    const auto batches = served_.Batches(32, true);
    Load search = SearchLoad();
    Load null = search;
    null.kind = CallKind::kNull;
    Load stream = search;
    stream.kind = CallKind::kStream;
    Load batch = search;
    batch.kind = CallKind::kBatch;
    batch.batches = &batches;
    batch.outstanding = 4;

    std::vector<double> unary_ratio;
    std::vector<double> batch_ratio;
    std::vector<double> stream_ratio;
    std::vector<double> engine_us;
    std::vector<double> null_us;
    std::vector<double> search_us;
    std::vector<double> stream_us;
    std::vector<double> batch_us;
    for (size_t i = 0; i < options_.pairs; ++i) {
      double engine = 0;
      Block nulls;
      Block searches;
      Block streams;
      Block batched;
      std::vector<std::function<absl::Status()>> steps = {
          [&] {
            engine = Engine();
            return absl::OkStatus();
          },
          [&] { return Into(null, &nulls); },
          [&] { return Into(search, &searches); },
          [&] { return Into(stream, &streams); },
          [&] { return Into(batch, &batched); }};
      // There and back again: what drifts falls on all alike.
      if (i % 2 == 1) std::reverse(steps.begin(), steps.end());
      for (const auto& step : steps) AKIN_RETURN_IF_ERROR(step());
      unary_ratio.push_back((searches.cpu_us - engine) / nulls.cpu_us);
      batch_ratio.push_back(32 * batched.per_second() * engine * 1e-6);
      stream_ratio.push_back(streams.per_second() / searches.per_second());
      engine_us.push_back(engine);
      null_us.push_back(nulls.cpu_us);
      search_us.push_back(searches.cpu_us);
      stream_us.push_back(streams.cpu_us);
      batch_us.push_back(batched.cpu_us / 32);
    }
    figures_.Line(absl::StrFormat(
        "Processor time of one query, us: engine %.1f, empty call %.1f, by "
        "vector %.1f, in a stream %.1f, in a batch of 32 %.1f.",
        Median(engine_us), Median(null_us), Median(search_us),
        Median(stream_us), Median(batch_us)));
    figures_.Add("(server CPU a query - engine's) / empty call's", name(),
                 EstimateMedian(unary_ratio), kUnaryGoal);
    figures_.Add("queries/s in batches of 32 / engine's", name(),
                 EstimateMedian(batch_ratio), kBatchGoal);
    figures_.Add("queries/s in a stream / unary", name(),
                 EstimateMedian(stream_ratio), kStreamGoal);
    return absl::OkStatus();
  }

  absl::Status Into(const Load& load, Block* block) {
    AKIN_ASSIGN_OR_RETURN(*block, Measure(load, &one_));
    return absl::OkStatus();
  }

  // On the server's processor, while the server is idle and the other processor
  // is as busy as it is when it sends: they share memory, and often a core.
  double Engine() const {
    std::atomic<bool> done = false;
    std::thread beside([&] {
      PinThread(kGeneratorProcessor);
      v1::SearchRequest parsed;
      for (size_t i = 0; !done; ++i) {
        parsed.ParseFromString(
            by_vector_[i % by_vector_.size()].SerializeAsString());
      }
    });
    PinThread(kServerProcessor);
    const double us = served_.EngineMicroseconds(options_.seconds_per_block);
    PinThread(kGeneratorProcessor);
    done = true;
    beside.join();
    return us;
  }

  absl::Status Latency() {
    AKIN_ASSIGN_OR_RETURN(const Block full, Measure(SearchLoad(), &four_));
    const double capacity = full.per_second();
    TextTable table({"open loop", "calls/s", "p50 us", "p99 us", "p99.9 us"});
    for (const auto& [share, goal] :
         {std::pair{0.5, kHalfLoadGoal}, {0.8, kHighLoadGoal}}) {
      Load load = SearchLoad();
      load.per_second = share * capacity;
      load.seconds = options_.seconds_open_loop / 5;
      std::vector<double> ratios;
      std::vector<float> all;
      for (int i = 0; i < 5; ++i) {
        AKIN_ASSIGN_OR_RETURN(Block block, Measure(load, &four_));
        auto& latencies = block.result.latencies_us;
        ratios.push_back(Percentile(&latencies, 0.99) /
                         Percentile(&latencies, 0.5));
        all.insert(all.end(), latencies.begin(), latencies.end());
      }
      table.AddRow({absl::StrFormat("%.0f %% of %.0f", 100 * share, capacity),
                    absl::StrFormat("%.0f", load.per_second),
                    absl::StrFormat("%.0f", Percentile(&all, 0.5)),
                    absl::StrFormat("%.0f", Percentile(&all, 0.99)),
                    absl::StrFormat("%.0f", Percentile(&all, 0.999))});
      figures_.Add(
          absl::StrFormat("p99 / p50 at %.0f %% of capacity", 100 * share),
          name(), EstimateMedian(ratios), goal);
    }
    figures_.Table(table);
    return absl::OkStatus();
  }

  // Calls of all kinds, bad ones among them: does the server keep anything?
  absl::Status Mixed() {
    if (options_.mixed_calls == 0) return absl::OkStatus();
    const auto flat = served_.Batches(8, true);
    const auto plain = served_.Batches(8, false);
    std::vector<v1::SearchRequest> searches = by_vector_;
    searches.resize(200);
    std::copy_n(by_id_.begin(), 200, std::back_inserter(searches));
    searches.emplace_back();  // no model: an error
    searches.back().set_model("nowhere");
    const auto round = [&](size_t calls) {
      Load load;
      load.seconds = 1e6;
      load.searches = &searches;
      for (const CallKind kind :
           {CallKind::kSearch, CallKind::kStream, CallKind::kBatch,
            CallKind::kBatch, CallKind::kNull}) {
        load.kind = kind;
        load.batches = load.batches == &flat ? &plain : &flat;
        load.most_calls = calls / 5;
        four_.Run(load);
      }
    };
    round(options_.mixed_calls / 10);
    const auto before = static_cast<double>(served_.server().ResidentBytes());
    for (int i = 0; i < 10; ++i) round(options_.mixed_calls / 10);
    const auto after = static_cast<double>(served_.server().ResidentBytes());
    figures_.Line(absl::StrFormat(
        "Resident memory: %.1f MB, after %d mixed calls %.1f MB.",
        before * 1e-6, options_.mixed_calls, after * 1e-6));
    figures_.Add("resident memory after / before the mixed calls", name(),
                 Exactly(after / before), kMemoryGoal);
    return absl::OkStatus();
  }

  const ServeOptions& options_;
  const ServedSet& served_;
  Figures& figures_;
  Generator one_;
  Generator four_;
  const std::vector<v1::SearchRequest> by_vector_;
  const std::vector<v1::SearchRequest> by_id_;
};

}  // namespace

absl::Status BenchServe(const ServeOptions& options) {
  Figures figures("serve", ThisMachine());
  for (const std::string& name : options.sets) {
    PinThisProcess(kAllProcessors);
    WorkerPool pool(std::thread::hardware_concurrency());
    std::fprintf(stderr, "serve: %s, vectors, index, server\n", name.c_str());
    auto served = ServedSet::Make(name, &pool);
    if (absl::IsNotFound(served.status())) {
      figures.Line(absl::StrCat("\n## ", name, "\nskipped: no data"));
      continue;
    }
    AKIN_RETURN_IF_ERROR(served.status());
    SetBench bench(options, *served, &figures);
    PinThisProcess(kGeneratorProcessor);
    AKIN_RETURN_IF_ERROR(bench.Run());
  }
  AKIN_RETURN_IF_ERROR(BenchOverload(options, &figures));
  AKIN_RETURN_IF_ERROR(BenchVanish(options, &figures));
  figures.Finish(
      {"The server has one processor, the generator another. Processor time is "
       "the kernel's count for all threads of the server.",
       absl::StrFormat(
           "Ratios: median of %d rounds of blocks of %g s [95 %% bootstrap "
           "interval]; each round measures all sides, every other one "
           "backwards. Closed loop of 64 calls on one connection, 4 of "
           "batches.",
           options.pairs, options.seconds_per_block)},
      options.json_out);
  return absl::OkStatus();
}

}  // namespace akin::bench
