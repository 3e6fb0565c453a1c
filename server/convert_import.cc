#include "server/convert_import.h"

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/attribute_file.h"
#include "index/formats/raw_format.h"
#include "index/tool/load_progress.h"
#include "server/import_begin.h"

namespace akin::server {
namespace {

absl::Status None(const v1::ImportTable& table, absl::string_view what,
                  int came, absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat("table ", table.name(),
                                                 " has ", what, " ", came,
                                                 ", expected ", expected));
}

absl::StatusOr<Metric> MetricFromWire(const v1::ImportTable& table) {
  switch (table.metric()) {
    case v1::METRIC_UNSPECIFIED:
    case v1::METRIC_COSINE:
      return Metric::kCosine;
    case v1::METRIC_DOT:
      return Metric::kDot;
    case v1::METRIC_L2:
      return Metric::kL2;
    default:
      return None(table, "metric", table.metric(),
                  "METRIC_COSINE, METRIC_DOT or METRIC_L2");
  }
}

absl::StatusOr<IndexChoice> IndexFromWire(const v1::ImportTable& table) {
  switch (table.index()) {
    case v1::INDEX_KIND_UNSPECIFIED:
      return IndexChoice::kAuto;
    case v1::INDEX_KIND_EXACT:
      return IndexChoice::kExact;
    case v1::INDEX_KIND_GRAPH:
      return IndexChoice::kGraph;
    default:
      return None(table, "index", table.index(),
                  "INDEX_KIND_EXACT or INDEX_KIND_GRAPH");
  }
}

absl::StatusOr<Profile> ProfileFromWire(const v1::ImportTable& table) {
  switch (table.profile()) {
    case v1::PROFILE_UNSPECIFIED:
      return Profile::kAuto;
    case v1::PROFILE_FAST:
      return Profile::kFast;
    case v1::PROFILE_COMPACT:
      return Profile::kCompact;
    default:
      return None(table, "profile", table.profile(),
                  "PROFILE_FAST or PROFILE_COMPACT");
  }
}

absl::StatusOr<TableSpec> TableFromWire(const v1::ImportTable& table) {
  TableSpec spec;
  spec.name = table.name();
  AKIN_ASSIGN_OR_RETURN(spec.read.table.metric, MetricFromWire(table));
  AKIN_ASSIGN_OR_RETURN(spec.index, IndexFromWire(table));
  AKIN_ASSIGN_OR_RETURN(spec.profile, ProfileFromWire(table));
  if (spec.index == IndexChoice::kExact && spec.profile == Profile::kCompact) {
    return absl::InvalidArgumentError(
        absl::StrCat("table ", table.name(),
                     ": PROFILE_COMPACT is of a graph, and INDEX_KIND_EXACT "
                     "has none"));
  }
  if (table.skip_bad_rows()) spec.read.on_bad_row = OnBadRow::kSkip;
  spec.source.tensor = table.tensor();
  if (!table.format().empty()) {
    // The build would find that out after the file has come.
    AKIN_RETURN_IF_ERROR(
        ParseRawFormat(table.file_name(), table.format()).status());
    spec.source.format = table.format();
  }
  if (!table.attribute_types().empty()) {
    const auto types = ParseAttributeDeclarations(table.attribute_types());
    AKIN_RETURN_IF_ERROR(
        Annotate(types.status(), absl::StrCat("table ", table.name())));
    spec.attributes.types = *types;
  }
  spec.source_name =
      table.has_rows() ? std::string(kRowsName) : table.file_name();
  spec.ids_name = table.ids_file_name();
  spec.attributes_name =
      table.has_rows() ? std::string(kRowsName) : table.attributes_file_name();
  return spec;
}

}  // namespace

absl::StatusOr<VersionSpec> VersionSpecFromWire(const std::string& repository,
                                                const v1::ImportBegin& begin) {
  VersionSpec spec;
  spec.repository = repository;
  spec.model = begin.model();
  if (begin.version() > 0) spec.version = begin.version();
  spec.training_run = begin.training_run();
  spec.metadata.insert(begin.metadata().begin(), begin.metadata().end());
  if (!begin.golden_queries().empty()) {
    spec.golden_queries = begin.golden_queries();
  }
  for (const v1::ImportTable& table : begin.tables()) {
    AKIN_ASSIGN_OR_RETURN(spec.tables.emplace_back(), TableFromWire(table));
  }
  // The build would find that out after all files have come.
  AKIN_RETURN_IF_ERROR(GoldenQueriesOf(spec).status());
  return spec;
}

v1::ImportProgress ProgressToWire(const LoadProgress& progress) {
  v1::ImportProgress wire;
  wire.set_table(std::string(progress.table));
  wire.set_stage(std::string(LoadStageName(progress.stage)));
  wire.set_done(progress.done);
  wire.set_total(progress.total);
  return wire;
}

v1::ImportProgress ProgressToWire(BuildStep step) {
  v1::ImportProgress wire;
  wire.set_stage(std::string(BuildStepName(step)));
  return wire;
}

}  // namespace akin::server
