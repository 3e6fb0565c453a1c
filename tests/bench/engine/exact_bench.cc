#include "tests/bench/engine/exact_bench.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/worker_pool.h"
#include "index/search/exact_searcher.h"
#include "tests/bench/engine/probes.h"
#include "tests/bench/engine/rivals.h"
#include "tests/bench/stopwatch.h"

namespace akin::bench {
namespace {

constexpr size_t kBatch = 100;
constexpr Goal kSingleGoal = {1.5, 1.15, true};
constexpr Goal kBatchGoal = {1, 1.5, false};

// Repeats `once` for about `seconds`, and at least once. Processor time is that
// of the whole process: the work may be on any thread.
Block Repeat(double seconds, const std::function<void()>& once) {
  Block block;
  const Stopwatch watch;
  do {
    once();
    ++block.done;
  } while (watch.seconds() < seconds);
  block.seconds = watch.seconds();
  block.cpu_seconds = watch.cpu_seconds();
  return block;
}

class ExactBench {
 public:
  ExactBench(const VectorSet& set, const ExactBenchOptions& options,
             Figures* figures)
      : set_(set),
        options_(options),
        figures_(*figures),
        exact_(set.table.get()),
        faiss_(MakeFaissFlat(set)),
        table_({"exact search", "threads", "ms", "beside", "ms", "ratio",
                "by CPU time"}) {}

  void Run() {
    Single();
    for (size_t threads = 1; threads <= options_.most_threads;
         threads = std::max(threads + 1, options_.most_threads)) {
      Batch(threads);
    }
    figures_.Table(table_);
  }

 private:
  // Time per query over time per pass through the vectors.
  void Single() {
    const auto bytes = static_cast<size_t>(set_.vector_bytes());
    const StreamRate stream = BestStreamRate(set_.table->vectors(), bytes, 1);
    SearchTask task;
    size_t next = 0;
    const auto read = [&] {
      return Repeat(options_.seconds_per_block, [&] {
        const uint64_t sum =
            ReadInOrder(set_.table->vectors(), bytes, stream.ahead);
        asm volatile("" : : "r"(sum));
      });
    };
    const auto search = [&] {
      return Repeat(options_.seconds_per_block, [&] {
        task.query = {set_.query(next++ % set_.query_count()),
                      set_.dimension()};
        task.k = options_.k;
        exact_.Search(&task);
      });
    };
    Show("one query", 1,
         absl::StrFormat("read of the vectors, %.1f GB/s",
                         stream.bytes_per_second / 1e9),
         CompareInBlocks(options_.pairs, read, search),
         "exact single query: time over bytes / bandwidth", kSingleGoal);
  }

  void Batch(size_t threads) {
    WorkerPool pool(threads);
    const size_t count = std::min(kBatch, set_.query_count());
    std::vector<SearchTask> tasks(count);
    const auto ours = [&] {
      return Repeat(options_.seconds_per_block, [&] {
        for (size_t i = 0; i < count; ++i) {
          tasks[i].query = {set_.query(i), set_.dimension()};
          tasks[i].k = options_.k;
        }
        exact_.BatchSearch(absl::MakeSpan(tasks), &pool);
      });
    };
    const auto theirs = [&] {
      return Repeat(options_.seconds_per_block, [&] {
        faiss_->BatchSearch(set_.query(0), count, options_.k, threads);
      });
    };
    Show(absl::StrCat("batch of ", count), threads, "FAISS IndexFlat",
         CompareInBlocks(options_.pairs, ours, theirs),
         "exact batch of 100 over FAISS IndexFlat", kBatchGoal);
  }

  // The figure is the ratio of the first side's rate to the second's. The
  // query is the second where its time is divided by the hardware's.
  void Show(const std::string& what, size_t threads, const std::string& beside,
            const BlockComparison& result, const std::string& figure,
            const Goal& goal) {
    const double ours = goal.at_most ? result.rate_b : result.rate_a;
    const double other = goal.at_most ? result.rate_a : result.rate_b;
    table_.AddRow({what, absl::StrCat(threads),
                   absl::StrFormat("%.2f", 1e3 / ours), beside,
                   absl::StrFormat("%.2f", 1e3 / other),
                   bench::Show(result.ratio), bench::Show(result.cpu_ratio)});
    const std::string name =
        threads == 1 ? figure : absl::StrCat(figure, ", ", threads, " threads");
    figures_.Add(name, set_.name, result.ratio, goal);
    figures_.Json(set_.name)["exact"].push_back(
        {{"what", what},
         {"threads", threads},
         {"milliseconds", 1e3 / ours},
         {"beside", beside},
         {"beside_milliseconds", 1e3 / other},
         {"ratio", ToJson(result.ratio)},
         {"cpu_ratio", ToJson(result.cpu_ratio)},
         {"dropped_pairs", result.dropped}});
  }

  const VectorSet& set_;
  const ExactBenchOptions& options_;
  Figures& figures_;
  const ExactSearcher exact_;
  const std::unique_ptr<FaissFlat> faiss_;
  TextTable table_;
};

}  // namespace

void BenchExact(const VectorSet& set, const ExactBenchOptions& options,
                Figures* figures) {
  ExactBench(set, options, figures).Run();
}

}  // namespace akin::bench
