#include "server/call_stats.h"

#include <algorithm>
#include <cmath>

namespace akin::server {
namespace {

constexpr double kWidth = 1.25;
constexpr double kFirstNs = 1000;

size_t BucketOf(double ns) {
  if (ns <= kFirstNs) return 0;
  const double bucket = std::ceil(std::log(ns / kFirstNs) / std::log(kWidth));
  return std::min<size_t>(static_cast<size_t>(bucket),
                          LatencyHistogram::kBuckets - 1);
}

}  // namespace

absl::string_view NameOf(Rpc rpc) {
  switch (rpc) {
    case Rpc::kSearch:
      return "Search";
    case Rpc::kBatchSearch:
      return "BatchSearch";
    case Rpc::kStreamSearch:
      return "StreamSearch";
    case Rpc::kStreamSearchQuery:
      return "StreamSearch/query";
    case Rpc::kGetVectors:
      return "GetVectors";
    case Rpc::kScore:
      return "Score";
    case Rpc::kExplain:
      return "Explain";
    case Rpc::kListIds:
      return "ListIds";
    case Rpc::kListModels:
      return "ListModels";
    case Rpc::kGetModel:
      return "GetModel";
    case Rpc::kGetServerInfo:
      return "GetServerInfo";
    case Rpc::kPlanLoad:
      return "PlanLoad";
    case Rpc::kLoadVersion:
      return "LoadVersion";
    case Rpc::kUnloadVersion:
      return "UnloadVersion";
    case Rpc::kSetLabel:
      return "SetLabel";
    case Rpc::kCompareVersions:
      return "CompareVersions";
    case Rpc::kImportVersion:
      return "ImportVersion";
    case Rpc::kGetRecall:
      return "GetRecall";
  }
  return "";
}

absl::string_view NameOf(Ending ending) {
  switch (ending) {
    case Ending::kOk:
      return "ok";
    case Ending::kRefused:
      return "refused";
    case Ending::kLate:
      return "late";
    case Ending::kError:
      return "error";
  }
  return "";
}

Ending EndingOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return Ending::kOk;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable:
      return Ending::kRefused;
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
      return Ending::kLate;
    default:
      return Ending::kError;
  }
}

void LatencyHistogram::Add(std::chrono::nanoseconds latency) {
  const auto ns = std::max<int64_t>(latency.count(), 0);
  buckets_[BucketOf(static_cast<double>(ns))].fetch_add(
      1, std::memory_order_relaxed);
  total_ns_.fetch_add(static_cast<uint64_t>(ns), std::memory_order_relaxed);
}

std::chrono::duration<double> LatencyHistogram::UpperEnd(size_t i) {
  return std::chrono::duration<double, std::nano>(
      kFirstNs * std::pow(kWidth, static_cast<double>(i)));
}

uint64_t LatencyHistogram::count() const {
  uint64_t count = 0;
  for (const auto& bucket : buckets_) count += bucket;
  return count;
}

std::chrono::nanoseconds LatencyHistogram::total() const {
  return std::chrono::nanoseconds(total_ns_.load());
}

std::chrono::nanoseconds LatencyHistogram::Percentile(double share) const {
  const double wanted = share * static_cast<double>(count());
  double seen = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    const auto here = static_cast<double>(buckets_[i]);
    seen += here;
    if (here > 0 && seen >= wanted) {
      return std::chrono::nanoseconds(static_cast<int64_t>(
          kFirstNs * std::pow(kWidth, static_cast<double>(i))));
    }
  }
  return std::chrono::nanoseconds(0);
}

}  // namespace akin::server
