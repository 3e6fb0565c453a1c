// A set of vectors with the truth, and the engines that are compared on it.

#ifndef AKIN_TESTS_BENCH_ENGINE_COMPETITION_H_
#define AKIN_TESTS_BENCH_ENGINE_COMPETITION_H_

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "index/base/worker_pool.h"
#include "index/build/index_plan.h"
#include "tests/bench/engine/cache_folder.h"
#include "tests/bench/engine/engine.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/engine/rivals.h"
#include "tests/bench/engine/sweep.h"
#include "tests/bench/engine/truth.h"
#include "tests/bench/engine/vector_set.h"

namespace akin::bench {

// What all sets share.
struct BenchSetting {
  const EngineOptions& options;
  const HnswlibMaker& hnswlib;
  const CacheFolder& cache;
  WorkerPool* pool;  // of the builds
  Figures* figures;
};

inline constexpr std::array<double, 3> kRecalls = {0.90, 0.95, 0.99};
inline constexpr double kUsualRecall = 0.95;

class Competition {
 public:
  // akin's index in one layout.
  struct Ours {
    Contender contender;
    IndexPlan plan;
  };
  struct Hnswlib {
    Contender contender;
    RivalOptions options;
  };

  // Prints what the set is and how hard. NOT_FOUND: its data is not there.
  static absl::StatusOr<std::unique_ptr<Competition>> Make(
      const std::string& name, const BenchSetting* setting);

  absl::Status BuildOurs(absl::Span<const std::string> layouts);
  // hnswlib with each M; and FAISS, where the options say so.
  absl::Status BuildRivals();
  // Finds the curves of all and prints them.
  void SweepAll();

  const BenchSetting& setting() const { return setting_; }
  const EngineOptions& options() const { return setting_.options; }
  const VectorSet& set() const { return set_; }
  const QueryPlan& plan() const { return plan_; }

  const std::vector<Ours>& ours() const { return ours_; }
  const std::vector<Contender>& faiss() const { return faiss_; }
  // The fastest at a recall; null: none reaches it.
  const Hnswlib* BestHnswlib(double recall) const;
  bool hnswlib_by_inner_product() const { return inner_product_; }

  nlohmann::ordered_json& Json() const {
    return setting_.figures->Json(set_.name);
  }
  // To stderr: what comes next.
  void Progress(const std::string& step) const;

 private:
  Competition(const BenchSetting* setting, VectorSet set, Truth truth);

  void Describe() const;
  void SweepOne(Contender* contender, TextTable* table,
                nlohmann::ordered_json* engines) const;

  const BenchSetting& setting_;
  const VectorSet set_;
  const Truth truth_;
  const QueryPlan plan_;
  std::vector<std::unique_ptr<SearchEngine>> engines_;
  std::vector<Ours> ours_;
  bool inner_product_ = false;
  std::vector<Hnswlib> hnswlib_;
  std::vector<Contender> faiss_;  // one or none
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_COMPETITION_H_
