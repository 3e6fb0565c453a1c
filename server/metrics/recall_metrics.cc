#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/metrics/collect.h"

namespace akin::server {
namespace {

using prometheus::MetricFamily;

struct EstimateFamilies {
  MetricFamily recall = GaugeFamily(
      "akin_recall_ratio",
      "Share of the true neighbours found by the latest queries that were "
      "asked again exactly, mean");
  MetricFamily low = GaugeFamily("akin_recall_low_ratio",
                                 "Lower end of its 95 % confidence interval");
  MetricFamily high = GaugeFamily("akin_recall_high_ratio",
                                  "Upper end of its 95 % confidence interval");
  MetricFamily samples =
      GaugeFamily("akin_recall_samples", "Queries that it is the mean of");

  void Add(const MetricLabels& table, const RecallEstimate& estimate) {
    MetricLabels labels = table;
    labels.push_back({"filter", std::string(NameOf(estimate.filter_share))});
    labels.push_back({"target", estimate.own_target ? "own" : "default"});
    AddValue(estimate.recall, labels, &recall);
    AddValue(estimate.interval.low, labels, &low);
    AddValue(estimate.interval.high, labels, &high);
    AddValue(static_cast<double>(estimate.samples), labels, &samples);
  }
};

void CollectTables(const RecallReport& report, Families* families) {
  EstimateFamilies estimates;
  MetricFamily factor = GaugeFamily(
      "akin_recall_effort_factor",
      "What the effort of queries without a target of their own is multiplied "
      "by to hold the recall");
  MetricFamily below = GaugeFamily(
      "akin_recall_below_target",
      "1 if recall is below the target and more effort does not mend it");
  for (const TableRecall& table : report.tables) {
    const MetricLabels labels = {{"model", table.model},
                                 {"version", absl::StrCat(table.version)},
                                 {"table", table.table}};
    for (const RecallEstimate& estimate : table.estimates) {
      estimates.Add(labels, estimate);
    }
    AddValue(table.effort_factor, labels, &factor);
    AddValue(table.below_target ? 1 : 0, labels, &below);
  }
  for (MetricFamily* family :
       {&estimates.recall, &estimates.low, &estimates.high, &estimates.samples,
        &factor, &below}) {
    families->push_back(std::move(*family));
  }
}

}  // namespace

void CollectRecall(const RecallReport& report, Families* families) {
  CollectTables(report, families);
  AddGauge("akin_recall_target_ratio",
           "The recall that is held (recall_target); 0: none", report.target,
           families);
  AddCounter("akin_recall_cpu_seconds_total",
             "CPU time used for asking queries again", report.cpu_seconds,
             families);
  MetricFamily samples =
      CounterFamily("akin_recall_samples_total",
                    "Queries taken to be asked again, by what became of them");
  const std::pair<const char*, uint64_t> ends[] = {
      {"measured", report.measured},
      {"dropped", report.dropped_full},
      {"retired", report.dropped_retired},
      {"failed", report.failed},
      {"empty", report.empty}};
  for (const auto& [end, count] : ends) {
    AddValue(static_cast<double>(count), {{"result", end}}, &samples);
  }
  families->push_back(std::move(samples));
}

}  // namespace akin::server
