#include "index/build/calibrate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <random>
#include <utility>

#include "absl/status/status.h"
#include "index/base/status_macros.h"
#include "index/kernels/distances.h"
#include "index/table/query_vector.h"
#include "index/table/table_builder.h"

namespace akin {
namespace {

constexpr std::array<size_t, 3> kMeasuredK = {1, 10, 100};
constexpr size_t kMaxMeasuredK = kMeasuredK.back();
constexpr size_t kUsualK = 10;

// Efforts rise by the square root of two; a pool below this one is no search.
constexpr std::array<uint32_t, 23> kEfforts = {
    5,   7,   10,  14,  20,   28,   40,   56,   80,   112,  160,  226,
    320, 452, 640, 905, 1280, 1810, 2560, 3620, 5120, 7240, 10240};

constexpr float kNearlyAll = 0.999f;
// A graph that cannot reach some rows goes on forever without finding them: no
// gain over a fourfold effort is the end.
constexpr size_t kFlatSteps = 4;
constexpr float kFlatGain = 0.0005f;

// An index answers exactly what its walk cannot: because the pool is too small
// for k, then a larger one may do, or because so large a pool costs more than a
// scan. One such answer in twenty is still a walk's curve.
constexpr size_t kOneExactIn = 20;
constexpr size_t kSkippedSteps = 6;

// Queries answered exactly between two looks at `progress`.
constexpr size_t kTruthSlice = 32;
constexpr size_t kTimedExact = 9;

using Clock = std::chrono::steady_clock;

double MicrosecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start)
      .count();
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<int64_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// `count` different rows of 0 .. rows - 1, rising: selection sampling (Knuth,
// The Art of Computer Programming, volume 2, section 3.4.2, algorithm S).
std::vector<uint32_t> SampleRows(size_t rows, size_t count, uint32_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint32_t> sample;
  sample.reserve(std::min(rows, count));
  for (size_t row = 0; row < rows && sample.size() < count; ++row) {
    const size_t left = rows - row;
    if (random() % left < count - sample.size()) {
      sample.push_back(static_cast<uint32_t>(row));
    }
  }
  return sample;
}

// Tasks for the queries begin .. end - 1 of `sample`.
std::vector<SearchTask> TasksFor(const QuerySample& sample, size_t begin,
                                 size_t end, size_t k, size_t effort) {
  std::vector<SearchTask> tasks;
  tasks.reserve(end - begin);
  for (size_t i = begin; i < end; ++i) {
    SearchTask& task = tasks.emplace_back();
    task.query = sample.Vector(i);
    task.k = k;
    task.effort = effort;
    task.query_table = sample.query_table;
    if (!sample.rows.empty()) task.hidden_row = sample.rows[i];
  }
  return tasks;
}

// The median over single queries: what else runs on the machine interrupts only
// a few of them.
double TimePerQuery(const Searcher& searcher, const QuerySample& sample,
                    size_t queries, size_t k, size_t effort) {
  std::vector<double> times;
  times.reserve(queries);
  for (SearchTask& task :
       TasksFor(sample, 0, std::min(queries, sample.size()), k, effort)) {
    const Clock::time_point start = Clock::now();
    searcher.Search(&task);
    times.push_back(MicrosecondsSince(start));
  }
  return Median(std::move(times));
}

// One sample's way through the sweep.
class Sweep {
 public:
  Sweep(const Table& table, const Searcher& index, const QuerySample& sample,
        double exact_microseconds, const CalibrateOptions& options,
        WorkerPool* pool)
      : table_(table),
        index_(index),
        sample_(sample),
        exact_microseconds_(exact_microseconds),
        options_(options),
        pool_(pool),
        reachable_(table.rows() - (sample.rows.empty() ? 0 : 1)) {}

  // How many rows a query can have in its answer.
  size_t reachable() const { return reachable_; }

  absl::Status FindTruth(const Searcher& exact,
                         const std::function<absl::Status()>& look) {
    const size_t k = std::min(kMaxMeasuredK, reachable_);
    truth_.reserve(sample_.size());
    for (size_t begin = 0; begin < sample_.size(); begin += kTruthSlice) {
      AKIN_RETURN_IF_ERROR(look());
      const size_t end = std::min(begin + kTruthSlice, sample_.size());
      std::vector<SearchTask> tasks = TasksFor(sample_, begin, end, k, 0);
      exact.BatchSearch(absl::MakeSpan(tasks), pool_);
      for (SearchTask& task : tasks) {
        truth_.push_back(std::move(task.neighbors));
      }
    }
    return absl::OkStatus();
  }

  // Nothing is in `points` if the index walked at no effort.
  absl::StatusOr<RecallCurve> Measure(
      size_t k, const std::function<absl::Status()>& look) const {
    RecallCurve curve{sample_.query_table,
                      static_cast<uint32_t>(k),
                      static_cast<uint32_t>(sample_.size()),
                      {}};
    const std::vector<float> enough = EnoughFor(k);
    size_t flat = 0;
    size_t skipped = 0;
    for (const uint32_t effort : EffortsFor(k)) {
      AKIN_RETURN_IF_ERROR(look());
      std::optional<RecallPoint> point = MeasurePoint(k, effort, enough);
      if (!point.has_value()) {
        if (!curve.points.empty() || ++skipped > kSkippedSteps) break;
        continue;
      }
      if (!curve.points.empty()) {
        const float before = curve.points.back().recall;
        flat = point->recall < before + kFlatGain ? flat + 1 : 0;
        point->recall = std::max(point->recall, before);
      }
      curve.points.push_back(*point);
      if (point->recall >= kNearlyAll || flat >= kFlatSteps ||
          point->distances >= static_cast<float>(table_.rows()) ||
          point->microseconds > options_.slowest * exact_microseconds_) {
        break;
      }
    }
    return curve;
  }

 private:
  static std::vector<uint32_t> EffortsFor(size_t k) {
    std::vector<uint32_t> efforts;
    for (const uint32_t effort : kEfforts) {
      if (effort >= k) efforts.push_back(effort);
    }
    if (k > kEfforts.front() && efforts.front() != k) {
      efforts.insert(efforts.begin(), static_cast<uint32_t>(k));
    }
    return efforts;
  }

  float Score(size_t query, uint32_t row) const {
    const Kernels& kernels = ActiveKernels();
    const float* a = sample_.Vector(query).data();
    const float* b = table_.SearchVector(row).data();
    return table_.metric() == Metric::kL2
               ? -kernels.l2(a, b, sample_.dimension)
               : kernels.dot(a, b, sample_.dimension);
  }

  // What an answer of each query must score: as the k-th of the truth, less
  // the rounding of a sum of products.
  std::vector<float> EnoughFor(size_t k) const {
    constexpr double kNoise = 2e-6;
    std::vector<float> enough;
    enough.reserve(truth_.size());
    for (size_t i = 0; i < truth_.size(); ++i) {
      const uint32_t row = truth_[i][k - 1].row;
      const float score = Score(i, row);
      const double scale =
          table_.metric() == Metric::kL2
              ? -double{score}
              : Length(sample_.Vector(i)) * Length(table_.SearchVector(row));
      enough.push_back(static_cast<float>(score - kNoise * scale));
    }
    return enough;
  }

  // Nothing if the answers are not those of walks.
  std::optional<RecallPoint> MeasurePoint(
      size_t k, uint32_t effort, const std::vector<float>& enough) const {
    std::vector<SearchTask> tasks =
        TasksFor(sample_, 0, sample_.size(), k, effort);
    index_.BatchSearch(absl::MakeSpan(tasks), pool_);
    const auto exact = static_cast<size_t>(
        std::count_if(tasks.begin(), tasks.end(),
                      [](const SearchTask& task) { return task.stats.exact; }));
    if (exact * kOneExactIn > tasks.size()) return std::nullopt;
    uint64_t hits = 0;
    uint64_t distances = 0;
    for (size_t i = 0; i < tasks.size(); ++i) {
      distances += tasks[i].stats.distances;
      for (const Neighbor& near : tasks[i].neighbors) {
        if (near.row == tasks[i].hidden_row) continue;
        hits += Score(i, near.row) >= enough[i] ? 1 : 0;
      }
    }
    const auto queries = static_cast<double>(tasks.size());
    RecallPoint point{};
    point.effort = effort;
    point.recall = static_cast<float>(static_cast<double>(hits) /
                                      (queries * static_cast<double>(k)));
    point.distances =
        static_cast<float>(static_cast<double>(distances) / queries);
    point.microseconds = static_cast<float>(
        TimePerQuery(index_, sample_, options_.timed, k, effort));
    return point;
  }

  const Table& table_;
  const Searcher& index_;
  const QuerySample& sample_;
  const double exact_microseconds_;
  const CalibrateOptions& options_;
  WorkerPool* const pool_;
  const size_t reachable_;
  std::vector<std::vector<Neighbor>> truth_;
};

}  // namespace

QuerySample SampleQueries(const Table& source, const Table& target,
                          const CalibrateOptions& options) {
  const bool own = &source == &target;
  QuerySample sample;
  if (!own) sample.query_table = source.name();
  sample.dimension = source.dimension();
  // Of a single row nothing is left to find once it is hidden.
  if (own && source.rows() < 2) return sample;
  std::vector<float> vector(sample.dimension);
  for (const uint32_t row :
       SampleRows(source.rows(), options.queries, options.seed)) {
    const double length =
        CopyQueryVector(source, row, target.metric(), absl::MakeSpan(vector));
    const bool usable = target.metric() == Metric::kCosine
                            ? length > 0
                            : length <= kMaxComparedLength;
    if (!usable) continue;
    sample.vectors.insert(sample.vectors.end(), vector.begin(), vector.end());
    if (own) sample.rows.push_back(row);
  }
  return sample;
}

absl::StatusOr<Calibration> Calibrate(const Table& table, const Searcher& index,
                                      const Searcher& exact,
                                      absl::Span<const QuerySample> samples,
                                      const CalibrateOptions& options,
                                      WorkerPool* pool,
                                      const CalibrateProgress& progress) {
  const uint64_t total = samples.size() * kMeasuredK.size();
  uint64_t done = 0;
  const auto look = [&] {
    return !progress || progress(done, total)
               ? absl::OkStatus()
               : absl::CancelledError("the calibration was cancelled");
  };
  std::vector<RecallCurve> curves;
  double exact_microseconds = 0;
  for (const QuerySample& sample : samples) {
    if (sample.size() == 0) continue;
    if (exact_microseconds == 0) {
      exact_microseconds = MeasureMicroseconds(exact, sample);
    }
    Sweep sweep(table, index, sample, exact_microseconds, options, pool);
    AKIN_RETURN_IF_ERROR(sweep.FindTruth(exact, look));
    for (const size_t k : kMeasuredK) {
      if (k > sweep.reachable()) break;
      AKIN_ASSIGN_OR_RETURN(RecallCurve curve, sweep.Measure(k, look));
      if (!curve.points.empty()) curves.push_back(std::move(curve));
      ++done;
    }
  }
  return Calibration(std::move(curves), static_cast<float>(exact_microseconds));
}

double MeasureMicroseconds(const Searcher& searcher,
                           const QuerySample& sample) {
  return TimePerQuery(searcher, sample, kTimedExact, kUsualK, 0);
}

}  // namespace akin
