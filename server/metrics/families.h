// Families of metrics, as Prometheus reads them: a name, what it means, and a
// value for each set of labels. Names and units follow its conventions: seconds
// and bytes, "_total" for counters.

#ifndef AKIN_SERVER_METRICS_FAMILIES_H_
#define AKIN_SERVER_METRICS_FAMILIES_H_

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "server/call_stats.h"

namespace akin::server {

using Families = std::vector<prometheus::MetricFamily>;
using MetricLabels = std::vector<prometheus::ClientMetric::Label>;

prometheus::MetricFamily CounterFamily(std::string name, std::string help);
prometheus::MetricFamily GaugeFamily(std::string name, std::string help);
prometheus::MetricFamily HistogramFamily(std::string name, std::string help);

// To a family of counters or of gauges.
void AddValue(double value, MetricLabels labels,
              prometheus::MetricFamily* family);

// To a family of histograms, in seconds: every third of the histogram's own
// ends, each 1.95 times the one before, from 7.5 microseconds to 71 s.
void AddLatency(const LatencyHistogram& latency, MetricLabels labels,
                prometheus::MetricFamily* family);

// Families of one value.
void AddCounter(std::string name, std::string help, double value,
                Families* families);
void AddGauge(std::string name, std::string help, double value,
              Families* families);

}  // namespace akin::server

#endif  // AKIN_SERVER_METRICS_FAMILIES_H_
