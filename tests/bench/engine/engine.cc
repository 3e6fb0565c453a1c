#include "tests/bench/engine/engine.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "hwy/highway.h"
#include "index/base/status_macros.h"
#include "tests/bench/engine/akin_engine.h"
#include "tests/bench/engine/memory_bench.h"
#include "tests/bench/engine/set_bench.h"

// Of Debian's package valgrind; without it callgrind counts the build, too.
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION static_cast<void>(0)
#define CALLGRIND_STOP_INSTRUMENTATION static_cast<void>(0)
#endif

namespace akin::bench {
namespace {

constexpr const char* kAvx2 = "AVX2";
constexpr const char* kBlasTarget = "OPENBLAS_CORETYPE";
constexpr Goal kGrowthGoal = {0.2, 0.12, true};

// Starts this program anew with the same arguments: OpenBLAS reads its
// environment before main() begins.
void StartAnew() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)),
                    std::istreambuf_iterator<char>());
  std::vector<char*> arguments;
  for (size_t at = 0; at < bytes.size(); at = bytes.find('\0', at) + 1) {
    arguments.push_back(&bytes[at]);
  }
  arguments.push_back(nullptr);
  execv("/proc/self/exe", arguments.data());
}

// Keeps akin, FAISS' BLAS and (by its other build) hnswlib from using more
// than AVX2. Before the first dispatch.
absl::Status Restrict(const std::string& target) {
  if (target.empty()) return absl::OkStatus();
  if (target != kAvx2) {
    return absl::InvalidArgumentError(
        absl::StrCat("target is \"", target, "\", expected ", kAvx2));
  }
  if (std::getenv(kBlasTarget) == nullptr) {
    setenv(kBlasTarget, "Haswell", 1);
    StartAnew();
    return absl::InternalError("this program cannot be started anew");
  }
  // Lower bits are wider targets.
  hwy::DisableTargets(HWY_AVX2 - 1);
  return absl::OkStatus();
}

class EngineBench {
 public:
  EngineBench(const EngineOptions& options, HnswlibMaker hnswlib)
      : options_(options),
        hnswlib_(std::move(hnswlib)),
        cache_(options.cache),
        pool_(options.build_threads > 0 ? options.build_threads
                                        : std::thread::hardware_concurrency()),
        figures_("engine", ThisMachine()),
        setting_{options_, hnswlib_, cache_, &pool_, &figures_} {}

  absl::Status Run() {
    for (const std::string& name : options_.sets) {
      AKIN_RETURN_IF_ERROR(One(name, &BenchSet));
    }
    for (const std::string& name : options_.growth_sets) {
      if (!growth_.contains(name)) {
        AKIN_RETURN_IF_ERROR(One(name, &BenchGrowth));
      }
    }
    Growth();
    if (options_.memory_rows > 0) {
      AKIN_RETURN_IF_ERROR(BenchMemory(options_.memory_rows, &figures_));
    }
    figures_.Finish(Notes(), options_.json_out);
    return absl::OkStatus();
  }

 private:
  using Bench = absl::StatusOr<std::optional<GrowthPoint>> (*)(
      const std::string& name, const BenchSetting& setting);

  absl::Status One(const std::string& name, Bench bench) {
    auto point = bench(name, setting_);
    if (absl::IsNotFound(point.status())) {
      figures_.Line(absl::StrCat("\n## ", name, "\nskipped: no data"));
      return absl::OkStatus();
    }
    AKIN_RETURN_IF_ERROR(point.status());
    if (point->has_value()) growth_[name] = **std::move(point);
    return absl::OkStatus();
  }

  void Growth() {
    std::vector<GrowthPoint> points;
    std::string sizes;
    for (const std::string& name : options_.growth_sets) {
      const auto at = growth_.find(name);
      if (at == growth_.end()) continue;
      points.push_back(at->second);
      absl::StrAppend(&sizes, sizes.empty() ? "" : ", ", name);
    }
    if (points.size() < 2) return;
    figures_.Add("p in distances ~ n^p", sizes, EstimateGrowth(points),
                 kGrowthGoal);
  }

  std::vector<std::string> Notes() const {
    return {
        absl::StrFormat(
            "Ratios: median of %d pairs of blocks of %g s in the order a b, b "
            "a, ... [95 %% bootstrap interval], after both were warm; pairs in "
            "which the host took away more than 2 %% of the processors were "
            "run again. Both sides at exactly the recall: a share of each "
            "block's queries runs with one effort, the rest with the next.",
            options_.pairs, options_.seconds_per_block),
        "hnswlib 0.6.2 (Debian), -O3 -march=" +
            std::string(options_.target.empty() ? "native" : "haswell") +
            ", at its best M of those built; FAISS 1.7.3 (Debian) as "
            "packaged."};
  }

  const EngineOptions options_;
  const HnswlibMaker hnswlib_;
  const CacheFolder cache_;
  WorkerPool pool_;
  Figures figures_;
  const BenchSetting setting_;
  std::map<std::string, GrowthPoint> growth_;
};

}  // namespace

absl::Status BenchEngine(const EngineOptions& options) {
  AKIN_RETURN_IF_ERROR(Restrict(options.target));
  if (options.layouts.empty()) {
    return absl::InvalidArgumentError("no layout is named");
  }
  for (const std::string& layout : options.layouts) {
    AKIN_RETURN_IF_ERROR(ParseLayout(layout).status());
  }
  AKIN_ASSIGN_OR_RETURN(HnswlibMaker hnswlib,
                        HnswlibMaker::Load(!options.target.empty()));
  return EngineBench(options, std::move(hnswlib)).Run();
}

absl::Status EngineOnce(const EngineOnceOptions& options) {
  WorkerPool pool(1);
  AKIN_ASSIGN_OR_RETURN(const VectorSet set, MakeVectorSet(options.set, &pool));
  AKIN_ASSIGN_OR_RETURN(const AkinIndex index,
                        MakeAkin(set, options.layout, &pool));
  index.engine->SetEffort(options.effort);
  std::vector<uint32_t> rows(options.k);
  uint64_t sum = 0;
  const auto search = [&](size_t i) {
    const size_t count = index.engine->Search(set.query(i % set.query_count()),
                                              options.k, rows.data());
    for (size_t j = 0; j < count; ++j) sum += rows[j];
  };
  search(0);  // allocates what the thread keeps
  CALLGRIND_START_INSTRUMENTATION;
  for (size_t i = 0; i < options.queries; ++i) search(i);
  CALLGRIND_STOP_INSTRUMENTATION;
  // The sum tells whether two runs gave the same answers.
  std::printf("%zu queries, the rows found add up to %llu\n", options.queries,
              static_cast<unsigned long long>(sum));
  return absl::OkStatus();
}

}  // namespace akin::bench
