#include "server/recall/recall_monitor.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/give_way.h"
#include "server/recall/ask_again.h"
#include "server/recall/cpu_budget.h"

namespace akin::server {
namespace {

// How often what is no more served is forgotten, and the rate is adapted when
// there are no samples.
constexpr double kLookSeconds = 1;

double SecondsOf(clockid_t clock) {
  timespec time = {};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) +
         1e-9 * static_cast<double>(time.tv_nsec);
}

double Now() { return SecondsOf(CLOCK_MONOTONIC); }
double ThreadCpu() { return SecondsOf(CLOCK_THREAD_CPUTIME_ID); }

StopSignal::Clock::time_point AfterSeconds(double seconds) {
  return StopSignal::Clock::now() +
         std::chrono::duration_cast<StopSignal::Clock::duration>(
             std::chrono::duration<double>(seconds));
}

}  // namespace

RecallMonitor::RecallMonitor(Options options, const Catalog* catalog)
    : rate_(Now()),
      options_(std::move(options)),
      catalog_(*catalog),
      began_(Now()),
      book_(options_.target, options_.say) {
  if (options_.cpu_share > 0) thread_ = std::thread([this] { Run(); });
}

RecallMonitor::~RecallMonitor() {
  if (!thread_.joinable()) return;
  stop_.Cancel();
  {
    MutexLock lock(&mutex_);
    ended_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

bool RecallMonitor::HasRoom() {
  if (waiting_size_.load(std::memory_order_relaxed) < kMostWaiting) return true;
  dropped_full_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

void RecallMonitor::Offer(const std::shared_ptr<const Version>& version,
                          const v1::SearchRequest& request,
                          const Answer& answer, float effort_factor) {
  const auto drop = [this] {
    dropped_full_.fetch_add(1, std::memory_order_relaxed);
  };
  if (request.ByteSizeLong() > kMostBytes) return drop();
  Sample sample{version, request, {}, effort_factor};
  sample.hits.reserve(answer.hits.size());
  for (const Hit& hit : answer.hits) sample.hits.push_back({hit.id, hit.score});
  MutexLock lock(&mutex_);
  if (waiting_.size() >= kMostWaiting) return drop();
  waiting_.push_back(std::move(sample));
  taken_.fetch_add(1, std::memory_order_relaxed);
  waiting_size_.store(waiting_.size(), std::memory_order_relaxed);
  changed_.NotifyOne();
}

// What it uses is counted from its first instruction on, whatever it is for.
void RecallMonitor::Run() {
  GiveWay();
  CpuBudget budget(options_.cpu_share, began_);
  double used = 0;
  double looked = began_;
  int pieces = 0;
  while (!ended_) {
    const double now = Now();
    const double cpu = ThreadCpu();
    budget.Spend(cpu - used, pieces, now);
    used = cpu;
    pieces = 0;
    cpu_seconds_.store(budget.spent(), std::memory_order_relaxed);
    if (now - looked >= kLookSeconds) {
      looked = now;
      Forget();
    }
    const double wait = budget.Wait(now);
    if (wait > 0) {
      rate_.Close();
      Pause(std::min(wait, kLookSeconds));
      continue;
    }
    rate_.Adapt(now, options_.cpu_share, budget.cpu_per_piece(), budget.fill());
    if (std::optional<Sample> sample = Next(); sample.has_value()) {
      Measure(*sample);
      pieces = 1;
    }
  }
}

void RecallMonitor::Pause(double seconds) {
  MutexLock lock(&mutex_);
  if (!ended_)
    changed_.WaitFor(&mutex_, std::chrono::duration<double>(seconds));
}

std::optional<RecallMonitor::Sample> RecallMonitor::Next() {
  MutexLock lock(&mutex_);
  if (waiting_.empty() && !ended_) {
    changed_.WaitFor(&mutex_, std::chrono::duration<double>(kLookSeconds));
  }
  if (waiting_.empty() || ended_) return std::nullopt;
  Sample sample = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_size_.store(waiting_.size(), std::memory_order_relaxed);
  return sample;
}

bool RecallMonitor::IsServed(const Version& version) const {
  const auto served = catalog_.Pin(version.model(), version.number());
  return served.ok() && served->get() == &version;
}

void RecallMonitor::Forget() {
  book_.KeepOnly([this](const std::string& model, int64_t version) {
    return catalog_.Pin(model, version).ok();
  });
}

void RecallMonitor::Measure(const Sample& sample) {
  const auto count = [](std::atomic<uint64_t>* what) {
    what->fetch_add(1, std::memory_order_relaxed);
  };
  const std::shared_ptr<const Version> version = sample.version.lock();
  if (version == nullptr || !IsServed(*version)) {
    return count(&dropped_retired_);
  }
  const StopSignal stop(AfterSeconds(kMostSeconds), &stop_);
  const auto exact = AskAgain(*version, sample.request, &stop);
  if (!exact.ok()) return count(&failed_);
  const std::vector<Hit>& truth = exact->answer.hits;
  if (truth.empty()) return count(&empty_);
  MeasuredRecall measured;
  measured.recall = AnsweredRecall(sample.hits, truth, exact->by_score);
  measured.k = truth.size();
  measured.filter_share = exact->filter_share;
  measured.own_target = sample.request.options().has_target_recall();
  measured.effort_factor = sample.effort_factor;
  book_.Add({version->model(), version->number(), sample.request.table()},
            measured);
  count(&measured_);
}

RecallReport RecallMonitor::Report() const {
  RecallReport report;
  report.cpu_share = options_.cpu_share;
  report.target = options_.target.recall;
  report.cpu_seconds = cpu_seconds_;
  report.running_seconds = Now() - began_;
  report.offered = rate_.offered();
  report.taken = taken_;
  report.measured = measured_;
  report.dropped_full = dropped_full_;
  report.dropped_retired = dropped_retired_;
  report.failed = failed_;
  report.empty = empty_;
  report.tables = book_.Tables();
  return report;
}

}  // namespace akin::server
