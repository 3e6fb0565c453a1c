#include "index/tool/inspect_command.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "index/base/status_macros.h"
#include "index/base/worker_pool.h"
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
  for (const SourceFile& source : table.sources) {
    absl::PrintF("  source    %s, %d bytes%s\n", source.name, source.bytes,
                 source.sha256.empty() ? "" : ", SHA-256 " + source.sha256);
  }
  for (const RecallCurve& curve : table.calibration.curves()) {
    if (curve.k != 10) continue;
    absl::PrintF("  recall@10, %d queries of %s:", curve.queries,
                 curve.query_table.empty() ? table.name : curve.query_table);
    for (const RecallPoint& point : curve.points) {
      absl::PrintF(" %.3f at %d", point.recall, point.effort);
    }
    absl::PrintF("\n");
  }
}

}  // namespace

absl::Status Inspect(const std::string& folder, bool json) {
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
  for (const auto& [key, value] : manifest.metadata) {
    absl::PrintF("%s: %s\n", key, value);
  }
  for (const TableManifest& table : manifest.tables) PrintTable(table);
  return absl::OkStatus();
}

absl::Status Verify(const std::string& folder, size_t threads) {
  WorkerPool pool(threads);
  AKIN_ASSIGN_OR_RETURN(const Manifest manifest, VerifyVersion(folder, &pool));
  uint64_t bytes = 0;
  for (const TableManifest& table : manifest.tables) bytes += table.file_bytes;
  absl::PrintF(
      "%s: version %d of model %s, %d tables, %d bytes, all as "
      "they were written\n",
      folder, manifest.version, manifest.model, manifest.tables.size(), bytes);
  return absl::OkStatus();
}

}  // namespace akin
