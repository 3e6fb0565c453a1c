#include "index/version/manifest.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "index/base/crc32c.h"
#include "index/base/limits.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/version/manifest_attributes.h"
#include "index/version/manifest_fields.h"
#include "index/version/manifest_measured.h"

namespace akin {
namespace {

using manifest::Json;
using manifest::Place;

constexpr size_t kSumLineBytes = 23;

Json TableToJson(const TableManifest& table) {
  Json json;
  json["name"] = table.name;
  json["file"] = table.file;
  json["file_bytes"] = table.file_bytes;
  json["file_sum"] = table.file_sum;
  json["dimension"] = table.dimension;
  json["metric"] = MetricName(table.metric);
  json["rows"] = table.rows;
  json["memory_bytes"] = table.memory_bytes;
  json["report"] = manifest::ReportToJson(table.report);
  json["calibration"] = manifest::CalibrationToJson(table.calibration);
  if (!table.attributes.empty()) {
    json["attributes"] = manifest::AttributesToJson(table.attributes);
  }
  json["sources"] = Json::array();
  for (const SourceFile& source : table.sources) {
    json["sources"].push_back({{"name", source.name},
                               {"bytes", source.bytes},
                               {"sha256", source.sha256}});
  }
  return json;
}

absl::StatusOr<SourceFile> SourceFromJson(const Json& json,
                                          const Place& place) {
  SourceFile source;
  AKIN_RETURN_IF_ERROR(Get(json, "name", place, &source.name));
  AKIN_RETURN_IF_ERROR(
      GetWhole(json, "bytes", place, UINT64_MAX, &source.bytes));
  AKIN_RETURN_IF_ERROR(Get(json, "sha256", place, &source.sha256));
  return source;
}

absl::StatusOr<TableManifest> TableFromJson(const Json& json,
                                            const Place& place) {
  TableManifest table;
  AKIN_RETURN_IF_ERROR(Get(json, "name", place, &table.name));
  if (!CheckName("table", table.name).ok())
    return place.Wrong("name", "a name");
  AKIN_RETURN_IF_ERROR(Get(json, "file", place, &table.file));
  // So it leads out of no folder.
  if (table.file != TableFile(table.name)) {
    return place.Wrong("file", TableFile(table.name));
  }
  AKIN_RETURN_IF_ERROR(
      GetWhole(json, "file_bytes", place, UINT64_MAX, &table.file_bytes));
  AKIN_RETURN_IF_ERROR(
      GetWhole(json, "file_sum", place, UINT32_MAX, &table.file_sum));
  AKIN_RETURN_IF_ERROR(
      GetWhole(json, "dimension", place, kMaxDimension, &table.dimension));
  std::string metric;
  AKIN_RETURN_IF_ERROR(Get(json, "metric", place, &metric));
  const auto parsed = ParseMetric(metric);
  if (!parsed.ok()) return place.Wrong("metric", "cosine, dot or l2");
  table.metric = *parsed;
  AKIN_RETURN_IF_ERROR(
      GetWhole(json, "rows", place, UINT32_MAX - 1, &table.rows));
  if (table.rows == 0 || table.dimension == 0) {
    return place.Wrong("rows", "at least one, of at least one dimension");
  }
  AKIN_RETURN_IF_ERROR(
      GetWhole(json, "memory_bytes", place, UINT64_MAX, &table.memory_bytes));
  AKIN_ASSIGN_OR_RETURN(const Json* report, GetObject(json, "report", place));
  AKIN_RETURN_IF_ERROR(
      ReportFromJson(*report, place.At("report"), &table.report));
  AKIN_ASSIGN_OR_RETURN(const Json* calibration,
                        GetObject(json, "calibration", place));
  AKIN_ASSIGN_OR_RETURN(
      table.calibration,
      CalibrationFromJson(*calibration, place.At("calibration")));
  if (json.contains("attributes")) {
    AKIN_ASSIGN_OR_RETURN(const Json* list, GetList(json, "attributes", place));
    AKIN_ASSIGN_OR_RETURN(
        table.attributes,
        AttributesFromJson(*list, place.At("attributes"), table.rows));
  }
  AKIN_ASSIGN_OR_RETURN(const Json* sources, GetList(json, "sources", place));
  for (const Json& source : *sources) {
    AKIN_ASSIGN_OR_RETURN(table.sources.emplace_back(),
                          SourceFromJson(source, place.At("sources")));
  }
  return table;
}

absl::StatusOr<GoldenFile> GoldenFromJson(const Json& json,
                                          const Place& place) {
  GoldenFile golden;
  AKIN_RETURN_IF_ERROR(Get(json, "file", place, &golden.file));
  // So it leads out of no folder.
  if (golden.file != kGoldenFile) return place.Wrong("file", kGoldenFile);
  AKIN_RETURN_IF_ERROR(
      GetWhole(json, "bytes", place, kMaxGoldenBytes, &golden.bytes));
  AKIN_RETURN_IF_ERROR(GetWhole(json, "sum", place, UINT32_MAX, &golden.sum));
  return golden;
}

absl::Status CheckSum(absl::string_view* text, absl::string_view path) {
  const auto damaged = [&](absl::string_view why) {
    return absl::DataLossError(absl::StrCat(
        path, ": damaged at offset ",
        text->size() - std::min(text->size(), kSumLineBytes), ": ", why));
  };
  if (text->size() < kSumLineBytes) return damaged("too short for a manifest");
  const absl::string_view body = text->substr(0, text->size() - kSumLineBytes);
  const std::string expected =
      absl::StrFormat("{\"crc32c\": \"%08x\"}\n", Crc32c(body));
  if (text->substr(body.size()) != expected) {
    return damaged(absl::StrCat("the last line is not the sum of the others, ",
                                absl::StripSuffix(expected, "\n")));
  }
  *text = body;
  return absl::OkStatus();
}

}  // namespace

std::string TableFile(absl::string_view table) {
  return absl::StrCat(table, ".table");
}

std::string ManifestJson(const Manifest& manifest) {
  Json json;
  json["format"] = kManifestFormat;
  json["model"] = manifest.model;
  json["version"] = manifest.version;
  json["created_unix_seconds"] = manifest.created_unix_seconds;
  json["training_run"] = manifest.training_run;
  json["metadata"] = manifest.metadata;
  if (manifest.golden_queries.has_value()) {
    const GoldenFile& golden = *manifest.golden_queries;
    json["golden_queries"] = {
        {"file", golden.file}, {"bytes", golden.bytes}, {"sum", golden.sum}};
  }
  json["tables"] = Json::array();
  for (const TableManifest& table : manifest.tables) {
    json["tables"].push_back(TableToJson(table));
  }
  // Names may hold any bytes; what is not UTF-8 is replaced.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string FormatManifest(const Manifest& manifest) {
  std::string text = ManifestJson(manifest);
  text += absl::StrFormat("{\"crc32c\": \"%08x\"}\n", Crc32c(text));
  return text;
}

absl::StatusOr<Manifest> ParseManifest(absl::string_view text,
                                       absl::string_view path) {
  AKIN_RETURN_IF_ERROR(CheckSum(&text, path));
  const Json json = Json::parse(text.begin(), text.end(), nullptr,
                                /*allow_exceptions=*/false);
  const Place place(path, "");
  if (!json.is_object()) return place.Wrong("", "a JSON object");
  uint32_t format = 0;
  AKIN_RETURN_IF_ERROR(GetWhole(json, "format", place, UINT32_MAX, &format));
  if (format != kManifestFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": has format ", format, ", this program reads ",
                     kManifestFormat));
  }
  Manifest manifest;
  AKIN_RETURN_IF_ERROR(Get(json, "model", place, &manifest.model));
  if (!CheckName("model", manifest.model).ok()) {
    return place.Wrong("model", "a name");
  }
  AKIN_RETURN_IF_ERROR(
      GetWhole(json, "version", place, INT64_MAX, &manifest.version));
  AKIN_RETURN_IF_ERROR(GetWhole(json, "created_unix_seconds", place, INT64_MAX,
                                &manifest.created_unix_seconds));
  AKIN_RETURN_IF_ERROR(
      Get(json, "training_run", place, &manifest.training_run));
  AKIN_ASSIGN_OR_RETURN(const Json* metadata,
                        GetObject(json, "metadata", place));
  for (const auto& [key, value] : metadata->items()) {
    if (!value.is_string()) return place.Wrong(key, "a string");
    manifest.metadata[key] = value.get<std::string>();
  }
  if (json.contains("golden_queries")) {
    AKIN_ASSIGN_OR_RETURN(const Json* golden,
                          GetObject(json, "golden_queries", place));
    AKIN_ASSIGN_OR_RETURN(manifest.golden_queries,
                          GoldenFromJson(*golden, place.At("golden_queries")));
  }
  AKIN_ASSIGN_OR_RETURN(const Json* tables, GetList(json, "tables", place));
  for (const Json& table : *tables) {
    AKIN_ASSIGN_OR_RETURN(
        TableManifest read,
        TableFromJson(table, place.At(absl::StrCat(
                                 "tables[", manifest.tables.size(), "]"))));
    for (const TableManifest& other : manifest.tables) {
      if (other.name == read.name) return place.Wrong(read.name, "one table");
    }
    manifest.tables.push_back(std::move(read));
  }
  if (manifest.tables.empty()) return place.Wrong("tables", "at least one");
  return manifest;
}

}  // namespace akin
