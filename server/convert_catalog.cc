#include "server/convert_catalog.h"

#include <algorithm>
#include <string>

#include "index/base/row_fault.h"

namespace akin::server {

v1::Metric MetricToWire(Metric metric) {
  switch (metric) {
    case Metric::kCosine:
      return v1::METRIC_COSINE;
    case Metric::kDot:
      return v1::METRIC_DOT;
    case Metric::kL2:
      return v1::METRIC_L2;
  }
  return v1::METRIC_UNSPECIFIED;
}

v1::IndexKind IndexKindToWire(IndexKind kind) {
  switch (kind) {
    case IndexKind::kExact:
      return v1::INDEX_KIND_EXACT;
    case IndexKind::kGraph:
      return v1::INDEX_KIND_GRAPH;
  }
  return v1::INDEX_KIND_UNSPECIFIED;
}

namespace {

void ReportToWire(const LoadReport& report, v1::LoadReport* wire) {
  wire->set_source(report.source);
  wire->set_format(report.format);
  wire->set_read_seconds(report.read_seconds);
  wire->set_index_seconds(report.index_seconds);
  wire->set_min_norm(report.min_norm);
  wire->set_max_norm(report.max_norm);
  if (report.recall_at_10.has_value()) {
    wire->set_recall_at_10(*report.recall_at_10);
  }
  if (report.exact_microseconds.has_value()) {
    wire->set_exact_microseconds(*report.exact_microseconds);
  }
  if (report.graph_microseconds.has_value()) {
    wire->set_graph_microseconds(*report.graph_microseconds);
  }
  for (int i = 0; i < kRowFaultKinds; ++i) {
    if (report.skipped[i] == 0) continue;
    v1::SkippedRows* skipped = wire->add_skipped();
    skipped->set_fault(std::string(RowFaultName(static_cast<RowFault>(i))));
    skipped->set_rows(report.skipped[i]);
  }
}

v1::Profile ProfileToWire(Profile profile) {
  switch (profile) {
    case Profile::kAuto:
      return v1::PROFILE_UNSPECIFIED;
    case Profile::kFast:
      return v1::PROFILE_FAST;
    case Profile::kCompact:
      return v1::PROFILE_COMPACT;
  }
  return v1::PROFILE_UNSPECIFIED;
}

void CurveToWire(const RecallCurve& curve, v1::RecallCurve* wire) {
  wire->set_query_table(curve.query_table);
  wire->set_k(curve.k);
  wire->set_queries(curve.queries);
  for (const RecallPoint& point : curve.points) {
    v1::RecallPoint* added = wire->add_points();
    added->set_effort(point.effort);
    added->set_recall(point.recall);
    added->set_distances(point.distances);
    added->set_microseconds(point.microseconds);
  }
}

void TableToWire(const IndexedTable& indexed, v1::Table* wire) {
  const Table& table = indexed.table();
  wire->set_name(table.name());
  wire->set_dimension(table.dimension());
  wire->set_metric(MetricToWire(table.metric()));
  wire->set_index(IndexKindToWire(indexed.index().kind()));
  wire->set_rows(table.rows());
  wire->set_memory_bytes(indexed.memory_bytes());
  wire->set_profile(ProfileToWire(indexed.report().profile));
  wire->set_layout(indexed.report().layout);
  wire->set_bytes_per_vector(indexed.bytes_per_vector());
  if (const Calibration* calibration = indexed.index().calibration()) {
    for (const RecallCurve& curve : calibration->curves()) {
      CurveToWire(curve, wire->add_calibration());
    }
  }
  ReportToWire(indexed.report(), wire->mutable_load_report());
}

v1::VersionState StateToWire(VersionState state) {
  switch (state) {
    case VersionState::kSealed:
      return v1::VERSION_STATE_SEALED;
    case VersionState::kLoading:
      return v1::VERSION_STATE_LOADING;
    case VersionState::kAvailable:
      return v1::VERSION_STATE_AVAILABLE;
    case VersionState::kFailed:
      return v1::VERSION_STATE_FAILED;
    case VersionState::kUnloading:
      return v1::VERSION_STATE_UNLOADING;
  }
  return v1::VERSION_STATE_UNSPECIFIED;
}

}  // namespace

void VersionToWire(const VersionFacts& facts, const Labels& labels,
                   v1::ModelVersion* wire) {
  wire->set_version(facts.number);
  for (const auto& [name, target] : labels) {
    if (target.version == facts.number) wire->add_labels(name);
  }
  wire->set_state(StateToWire(facts.state));
  wire->set_failure(facts.failure);
  wire->set_note(facts.note);
  if (facts.state == VersionState::kLoading) {
    wire->mutable_progress()->set_bytes_done(facts.bytes_done);
    wire->mutable_progress()->set_bytes_total(facts.bytes_total);
  }
  if (facts.version == nullptr) return;
  for (const auto& table : facts.version->tables()) {
    TableToWire(*table, wire->add_tables());
  }
}

void LabelToWire(const std::string& name, const ModelFacts& model,
                 const ShadowResult& shadow, v1::Label* wire) {
  wire->set_name(name);
  const auto found = model.labels.find(name);
  if (found == model.labels.end()) return;
  const LabelTarget& target = found->second;
  wire->set_version(target.version);
  wire->set_follows_latest(name == kStableLabel && model.stable_follows_latest);
  wire->set_previous_version(target.previous);
  wire->set_share(target.share);
  wire->set_shadow_share(target.shadow_share);
  if (target.shadow_share == 0) return;
  wire->mutable_shadow();
  // What was found out of other versions says nothing of these.
  const auto stable = model.labels.find(std::string(kStableLabel));
  if (stable == model.labels.end() || shadow.stable != stable->second.version ||
      shadow.canary != target.version) {
    return;
  }
  wire->mutable_shadow()->set_queries(shadow.queries);
  wire->mutable_shadow()->set_overlap(
      shadow.overlap_sum /
      static_cast<double>(std::max<uint64_t>(1, shadow.queries)));
  wire->mutable_shadow()->set_failed(shadow.failed);
  wire->mutable_shadow()->set_skipped(shadow.skipped);
}

void ModelToWire(const ModelFacts& model, const ShadowResult& shadow,
                 v1::Model* wire) {
  wire->set_name(model.name);
  wire->set_loads_latest(model.loads_latest);
  for (const VersionFacts& facts : model.versions) {
    VersionToWire(facts, model.labels, wire->add_versions());
  }
  for (const auto& [name, target] : model.labels) {
    LabelToWire(name, model, shadow, wire->add_labels());
  }
}

void PlanToWire(const std::string& model, const LoadPlan& plan,
                v1::PlanLoadResponse* wire) {
  wire->set_model(model);
  wire->set_version(plan.version);
  wire->set_resident_bytes(plan.resident_bytes);
  wire->set_version_bytes(plan.version_bytes);
  wire->set_peak_bytes(plan.peak_bytes);
  wire->set_available_bytes(plan.available_bytes);
  wire->set_fits(plan.fits());
  wire->set_seconds(plan.seconds);
  wire->mutable_retires()->Assign(plan.retires.begin(), plan.retires.end());
  wire->set_state(StateToWire(plan.state));
}

}  // namespace akin::server
