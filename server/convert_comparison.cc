#include "server/convert_comparison.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "server/convert_catalog.h"

namespace akin::server {
namespace {

absl::StatusOr<RecordedQueries> RecordedFromWire(
    const v1::RecordedQueries& wire) {
  AKIN_RETURN_IF_ERROR(CheckName("table", wire.query_table()));
  // Before anything is made of them.
  if (wire.ids_size() > static_cast<int>(kMaxComparedQueries)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the number of recorded ids of table ", wire.query_table(), " is ",
        wire.ids_size(), ", expected 1 to ", kMaxComparedQueries));
  }
  RecordedQueries recorded;
  recorded.query_table = wire.query_table();
  recorded.ids.assign(wire.ids().begin(), wire.ids().end());
  return recorded;
}

void AssignTo(google::protobuf::RepeatedPtrField<std::string>* wire,
              const std::vector<std::string>& values) {
  wire->Assign(values.begin(), values.end());
}

void MeasuresToWire(const VersionMeasures& measures,
                    v1::VersionMeasures* wire) {
  wire->set_rows(measures.rows);
  wire->set_memory_bytes(measures.memory_bytes);
  wire->set_recall(measures.recall);
  wire->set_p50_microseconds(measures.p50_microseconds);
  wire->set_p99_microseconds(measures.p99_microseconds);
  wire->set_dimension(measures.dimension);
  wire->set_metric(MetricToWire(measures.metric));
  wire->set_index(IndexKindToWire(measures.index));
}

void TableComparisonToWire(const TableComparison& comparison,
                           v1::TableComparison* wire) {
  wire->set_query_table(comparison.query_table);
  wire->set_table(comparison.table);
  wire->set_k(comparison.k);
  wire->set_queries(comparison.queries);
  wire->set_overlap(comparison.overlap);
  wire->set_overlap_p10(comparison.overlap_p10);
  wire->set_rank_biased_overlap(comparison.rank_biased_overlap);
  wire->set_ids_added(comparison.ids_added);
  wire->set_ids_lost(comparison.ids_lost);
  AssignTo(wire->mutable_some_added(), comparison.some_added);
  AssignTo(wire->mutable_some_lost(), comparison.some_lost);
  wire->set_score_change(comparison.score_change);
  wire->set_score_drift(comparison.score_drift);
  wire->set_norm_ratio(comparison.norm_ratio);
  MeasuresToWire(comparison.before, wire->mutable_before());
  MeasuresToWire(comparison.after, wire->mutable_after());
  for (const ChangedQuery& changed : comparison.most_changed) {
    v1::ChangedQuery* added = wire->add_most_changed();
    added->set_id(changed.id);
    added->set_overlap(changed.overlap);
    added->set_rank_biased_overlap(changed.rank_biased_overlap);
  }
}

}  // namespace

absl::StatusOr<CompareOptions> CompareOptionsFromWire(
    const v1::CompareVersionsRequest& request) {
  CompareOptions options;
  options.tables.assign(request.tables().begin(), request.tables().end());
  if (request.k() > 0) options.k = request.k();
  if (request.queries() > 0) options.queries = request.queries();
  for (const v1::RecordedQueries& wire : request.recorded()) {
    AKIN_ASSIGN_OR_RETURN(options.recorded.emplace_back(),
                          RecordedFromWire(wire));
  }
  return options;
}

absl::StatusOr<ComparisonThresholds> ThresholdsFromWire(
    const v1::ComparisonThresholds& wire) {
  const auto given = [](bool has, double value) {
    return has ? std::optional<double>(value) : std::nullopt;
  };
  ComparisonThresholds thresholds;
  thresholds.min_overlap = given(wire.has_min_overlap(), wire.min_overlap());
  thresholds.min_rank_biased_overlap =
      given(wire.has_min_rank_biased_overlap(), wire.min_rank_biased_overlap());
  thresholds.min_recall = given(wire.has_min_recall(), wire.min_recall());
  thresholds.max_lost_share =
      given(wire.has_max_lost_share(), wire.max_lost_share());
  thresholds.max_score_drift =
      given(wire.has_max_score_drift(), wire.max_score_drift());
  thresholds.max_norm_ratio =
      given(wire.has_max_norm_ratio(), wire.max_norm_ratio());
  thresholds.max_p99_ratio =
      given(wire.has_max_p99_ratio(), wire.max_p99_ratio());
  thresholds.max_memory_ratio =
      given(wire.has_max_memory_ratio(), wire.max_memory_ratio());
  AKIN_RETURN_IF_ERROR(CheckThresholds(thresholds));
  return thresholds;
}

VersionChoice ComparedVersionFromWire(const v1::VersionChoice& choice) {
  switch (choice.choice_case()) {
    case v1::VersionChoice::kVersion:
      return choice.version();
    case v1::VersionChoice::kLabel:
      return absl::string_view(choice.label());
    default:
      return std::monostate{};
  }
}

void ComparisonToWire(const Comparison& comparison, v1::Comparison* wire) {
  wire->set_model(comparison.model);
  wire->set_before(comparison.before);
  wire->set_after(comparison.after);
  for (const TableComparison& pair : comparison.tables) {
    TableComparisonToWire(pair, wire->add_tables());
  }
  AssignTo(wire->mutable_tables_added(), comparison.tables_added);
  AssignTo(wire->mutable_tables_lost(), comparison.tables_lost);
  AssignTo(wire->mutable_broken(), comparison.broken);
  for (const LeftOutIds& left_out : comparison.left_out) {
    v1::LeftOutIds* added = wire->add_left_out();
    added->set_query_table(left_out.query_table);
    added->set_ids(left_out.ids);
    AssignTo(added->mutable_some_ids(), left_out.some_ids);
  }
}

}  // namespace akin::server
