#include "index/tool/inspect_command.h"

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "index/base/status_macros.h"
#include "index/base/worker_pool.h"
#include "index/query/golden_queries.h"
#include "index/query/open_checked_version.h"
#include "index/version/folder_kind.h"
#include "index/version/sealed_version.h"

namespace akin {
namespace {

void PrintTable(const TableManifest& table) {
  absl::PrintF("\ntable %s\n", table.name);
  absl::PrintF("  vectors   %d x %d, %s\n", table.rows, table.dimension,
               MetricName(table.metric));
  absl::PrintF("  index     %s\n", table.report.layout.empty()
                                       ? "exact"
                                       : "graph, " + table.report.layout);
  absl::PrintF("  file      %s, %d bytes, sum %08x\n", table.file,
               table.file_bytes, table.file_sum);
  absl::PrintF("  memory    %d bytes\n", table.memory_bytes);
  absl::PrintF("  lengths   %g to %g\n", table.report.min_norm,
               table.report.max_norm);
  for (int i = 0; i < kRowFaultKinds; ++i) {
    if (table.report.skipped[i] == 0) continue;
    absl::PrintF("  left out  %d rows: %s\n", table.report.skipped[i],
                 RowFaultName(static_cast<RowFault>(i)));
  }
  for (const AttributeManifest& attribute : table.attributes) {
    absl::PrintF("  attribute %s, %s, %d of %d rows", attribute.name,
                 AttributeTypeName(attribute.type), attribute.rows, table.rows);
    if (attribute.keywords > 0) {
      absl::PrintF(", %d keywords", attribute.keywords);
    }
    absl::PrintF("\n");
  }
  if (table.report.attributes.has_value() &&
      table.report.attributes->unknown_ids > 0) {
    absl::PrintF("  left out  %d ids of the attributes: not in the table\n",
                 table.report.attributes->unknown_ids);
  }
  for (const SourceFile& source : table.sources) {
    absl::PrintF("  source    %s, %d bytes%s\n", source.name, source.bytes,
                 source.sha256.empty() ? "" : ", SHA-256 " + source.sha256);
  }
  for (const RecallCurve& curve : table.calibration.curves()) {
    if (curve.k != 10) continue;
    absl::PrintF("  recall@10 by effort, %d queries of %s:", curve.queries,
                 curve.query_table.empty() ? table.name : curve.query_table);
    const char* separator = "";
    for (const RecallPoint& point : curve.points) {
      absl::PrintF("%s %.3f at effort %d", separator, point.recall,
                   point.effort);
      separator = ",";
    }
    absl::PrintF("\n");
  }
}

absl::StatusOr<size_t> CountGoldenQueries(const std::string& folder,
                                          const Manifest& manifest) {
  AKIN_ASSIGN_OR_RETURN(const std::string text,
                        ReadGoldenQueries(folder, manifest));
  AKIN_ASSIGN_OR_RETURN(
      const std::vector<GoldenQuery> queries,
      ParseGoldenQueries(text, absl::StrCat(folder, "/", kGoldenFile)));
  return queries.size();
}

// One of the folders above it is easily named in its place.
absl::Status CheckIsVersion(const std::string& folder) {
  std::error_code unknown;
  if (absl::IsNotFound(ReadManifest(folder).status()) ||
      !std::filesystem::is_directory(folder, unknown)) {
    return absl::NotFoundError(NoVersionSentence(folder));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Inspect(const std::string& folder, bool json) {
  AKIN_RETURN_IF_ERROR(CheckIsVersion(folder));
  AKIN_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(folder));
  if (json) {
    std::fputs(ManifestJson(manifest).c_str(), stdout);
    return absl::OkStatus();
  }
  absl::PrintF(
      "model     %s\nversion   %d\ncreated   %s\n", manifest.model,
      manifest.version,
      absl::FormatTime(absl::RFC3339_sec,
                       absl::FromUnixSeconds(manifest.created_unix_seconds),
                       absl::UTCTimeZone()));
  if (!manifest.training_run.empty()) {
    absl::PrintF("run       %s\n", manifest.training_run);
  }
  if (manifest.golden_queries.has_value()) {
    AKIN_ASSIGN_OR_RETURN(const size_t golden,
                          CountGoldenQueries(folder, manifest));
    absl::PrintF("golden    %d queries\n", golden);
  }
  for (const auto& [key, value] : manifest.metadata) {
    absl::PrintF("%s: %s\n", key, value);
  }
  for (const TableManifest& table : manifest.tables) PrintTable(table);
  return absl::OkStatus();
}

absl::Status Verify(const std::string& folder, size_t threads) {
  AKIN_RETURN_IF_ERROR(CheckIsVersion(folder));
  WorkerPool pool(threads);
  AKIN_ASSIGN_OR_RETURN(const Manifest manifest, VerifyVersion(folder, &pool));
  AKIN_RETURN_IF_ERROR(
      OpenCheckedVersion(folder, manifest.model, manifest.version, &pool)
          .status());
  uint64_t bytes = 0;
  for (const TableManifest& table : manifest.tables) bytes += table.file_bytes;
  absl::PrintF(
      "%s: version %d of model %s, %d tables, %d bytes, all as "
      "they were written%s\n",
      folder, manifest.version, manifest.model, manifest.tables.size(), bytes,
      manifest.golden_queries.has_value()
          ? "; all golden queries find what they expect"
          : "");
  return absl::OkStatus();
}

}  // namespace akin
