#include "server/metrics/families.h"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace akin::server {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr size_t kFirstEnd = 9;
constexpr size_t kLastEnd = 81;
constexpr size_t kEvery = 3;

MetricFamily Family(MetricType type, std::string name, std::string help) {
  MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  return family;
}

}  // namespace

MetricFamily CounterFamily(std::string name, std::string help) {
  return Family(MetricType::Counter, std::move(name), std::move(help));
}

MetricFamily GaugeFamily(std::string name, std::string help) {
  return Family(MetricType::Gauge, std::move(name), std::move(help));
}

MetricFamily HistogramFamily(std::string name, std::string help) {
  return Family(MetricType::Histogram, std::move(name), std::move(help));
}

void AddValue(double value, MetricLabels labels, MetricFamily* family) {
  prometheus::ClientMetric& added = family->metric.emplace_back();
  added.label = std::move(labels);
  if (family->type == MetricType::Counter) {
    added.counter.value = value;
  } else {
    added.gauge.value = value;
  }
}

void AddLatency(const LatencyHistogram& latency, MetricLabels labels,
                MetricFamily* family) {
  prometheus::ClientMetric& added = family->metric.emplace_back();
  added.label = std::move(labels);
  // Each bucket is read once: calls go on meanwhile, and the last sum must be
  // the count.
  uint64_t calls = 0;
  for (size_t i = 0; i < LatencyHistogram::kBuckets; ++i) {
    calls += latency.InBucket(i);
    if (i < kFirstEnd || i > kLastEnd || (i - kFirstEnd) % kEvery != 0) {
      continue;
    }
    added.histogram.bucket.push_back(
        {calls, LatencyHistogram::UpperEnd(i).count()});
  }
  added.histogram.sample_count = calls;
  added.histogram.sample_sum =
      std::chrono::duration<double>(latency.total()).count();
}

void AddCounter(std::string name, std::string help, double value,
                Families* families) {
  families->push_back(CounterFamily(std::move(name), std::move(help)));
  AddValue(value, {}, &families->back());
}

void AddGauge(std::string name, std::string help, double value,
              Families* families) {
  families->push_back(GaugeFamily(std::move(name), std::move(help)));
  AddValue(value, {}, &families->back());
}

}  // namespace akin::server
