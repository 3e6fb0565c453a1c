// GetRecall, from message to message.

#include <algorithm>

#include "index/base/status_macros.h"
#include "server/convert_catalog.h"
#include "server/handlers.h"
#include "server/pin_version.h"
#include "server/recall/recall_report.h"

namespace akin::server {
namespace {

VersionChoice ChoiceOf(const v1::GetRecallRequest& request) {
  switch (request.version_choice_case()) {
    case v1::GetRecallRequest::kVersion:
      return request.version();
    case v1::GetRecallRequest::kLabel:
      return absl::string_view(request.label());
    default:
      return std::monostate{};
  }
}

v1::FilterShare FilterShareToWire(FilterShare share) {
  switch (share) {
    case FilterShare::kNoFilter:
      return v1::FILTER_SHARE_NO_FILTER;
    case FilterShare::kTo1Percent:
      return v1::FILTER_SHARE_TO_1_PERCENT;
    case FilterShare::kTo10Percent:
      return v1::FILTER_SHARE_TO_10_PERCENT;
    case FilterShare::kTo50Percent:
      return v1::FILTER_SHARE_TO_50_PERCENT;
    case FilterShare::kBelow100Percent:
      return v1::FILTER_SHARE_BELOW_100_PERCENT;
  }
  return v1::FILTER_SHARE_UNSPECIFIED;
}

void EstimateToWire(const RecallEstimate& estimate, v1::RecallEstimate* wire) {
  wire->set_filter_share(FilterShareToWire(estimate.filter_share));
  wire->set_own_target(estimate.own_target);
  wire->set_samples(estimate.samples);
  wire->set_recall(estimate.recall);
  wire->set_low(estimate.interval.low);
  wire->set_high(estimate.interval.high);
  wire->set_mean_k(estimate.mean_k);
}

void SamplingToWire(const RecallReport& report, v1::RecallSampling* wire) {
  wire->set_cpu_share(report.cpu_share);
  if (report.running_seconds > 0) {
    wire->set_cpu_share_used(report.cpu_seconds / report.running_seconds);
  }
  wire->set_offered(report.offered);
  wire->set_measured(report.measured);
  wire->set_dropped(report.dropped_full + report.dropped_retired +
                    report.failed + report.empty);
}

// What was measured of `table`, which may be nothing.
void TableToWire(const Version& version, const IndexedTable& table,
                 const RecallReport& report, v1::TableRecall* wire) {
  wire->set_table(table.table().name());
  wire->set_index(IndexKindToWire(table.index().kind()));
  wire->set_effort_factor(1);
  const auto measured = std::find_if(report.tables.begin(), report.tables.end(),
                                     [&](const TableRecall& one) {
                                       return one.model == version.model() &&
                                              one.version == version.number() &&
                                              one.table == table.table().name();
                                     });
  if (measured == report.tables.end()) return;
  for (const RecallEstimate& estimate : measured->estimates) {
    EstimateToWire(estimate, wire->add_estimates());
  }
  wire->set_effort_factor(measured->effort_factor);
  wire->set_below_target(measured->below_target);
}

}  // namespace

absl::Status HandleGetRecall(const ServerState& state,
                             const v1::GetRecallRequest& request,
                             v1::GetRecallResponse* response) {
  AKIN_ASSIGN_OR_RETURN(const auto version,
                        PinVersion(state, request.model(), ChoiceOf(request)));
  const RecallReport report = state.recall.Report();
  response->set_model(version->model());
  response->set_version(version->number());
  for (const auto& table : version->tables()) {
    TableToWire(*version, *table, report, response->add_tables());
  }
  response->set_target(report.target);
  SamplingToWire(report, response->mutable_sampling());
  return absl::OkStatus();
}

}  // namespace akin::server
