#include "index/version/manifest.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "index/base/crc32c.h"
#include "index/base/limits.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kSumLineBytes = 23;

// Where in a manifest something is, and how to say that it is not.
class Place {
 public:
  Place(absl::string_view path, std::string where)
      : path_(path), where_(std::move(where)) {}

  absl::Status Wrong(absl::string_view name, absl::string_view expected) const {
    return absl::DataLossError(absl::StrCat(path_, ": ", where_, "\"", name,
                                            "\": expected ", expected));
  }
  Place At(absl::string_view name) const {
    return Place(path_, absl::StrCat(where_, name, ": "));
  }

 private:
  absl::string_view path_;
  std::string where_;
};

absl::Status Get(const Json& json, const char* name, const Place& place,
                 std::string* out) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_string()) {
    return place.Wrong(name, "a string");
  }
  *out = found->get<std::string>();
  return absl::OkStatus();
}

template <class T>
absl::Status GetWhole(const Json& json, const char* name, const Place& place,
                      uint64_t most, T* out) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_unsigned() ||
      found->get<uint64_t>() > most) {
    return place.Wrong(name, absl::StrCat("a number of at most ", most));
  }
  *out = static_cast<T>(found->get<uint64_t>());
  return absl::OkStatus();
}

template <class T>
absl::Status GetNumber(const Json& json, const char* name, const Place& place,
                       T* out) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number() ||
      !std::isfinite(found->get<double>())) {
    return place.Wrong(name, "a number");
  }
  *out = static_cast<T>(found->get<double>());
  return absl::OkStatus();
}

absl::Status GetOptional(const Json& json, const char* name, const Place& place,
                         std::optional<double>* out) {
  if (!json.contains(name)) return absl::OkStatus();
  return GetNumber(json, name, place, &out->emplace());
}

absl::StatusOr<const Json*> GetList(const Json& json, const char* name,
                                    const Place& place) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_array()) {
    return place.Wrong(name, "a list");
  }
  return &*found;
}

constexpr std::pair<Profile, absl::string_view> kProfiles[] = {
    {Profile::kAuto, ""},
    {Profile::kFast, "fast"},
    {Profile::kCompact, "compact"}};

absl::string_view ProfileName(Profile profile) {
  for (const auto& [value, name] : kProfiles) {
    if (value == profile) return name;
  }
  return "";
}

void PutOptional(const char* name, const std::optional<double>& value,
                 Json* json) {
  if (value.has_value()) (*json)[name] = *value;
}

Json ReportToJson(const LoadReport& report) {
  Json json;
  json["source"] = report.source;
  json["format"] = report.format;
  json["skipped"] = Json::object();
  for (int i = 0; i < kRowFaultKinds; ++i) {
    if (report.skipped[i] == 0) continue;
    json["skipped"][std::string(RowFaultName(static_cast<RowFault>(i)))] =
        report.skipped[i];
  }
  json["min_norm"] = report.min_norm;
  json["max_norm"] = report.max_norm;
  json["read_seconds"] = report.read_seconds;
  json["index_seconds"] = report.index_seconds;
  json["profile"] = ProfileName(report.profile);
  json["layout"] = report.layout;
  PutOptional("recall_at_10", report.recall_at_10, &json);
  PutOptional("exact_microseconds", report.exact_microseconds, &json);
  PutOptional("graph_microseconds", report.graph_microseconds, &json);
  return json;
}

absl::Status ReportFromJson(const Json& json, const Place& place,
                            LoadReport* report) {
  AKIN_RETURN_IF_ERROR(Get(json, "source", place, &report->source));
  AKIN_RETURN_IF_ERROR(Get(json, "format", place, &report->format));
  if (!json.contains("skipped") || !json["skipped"].is_object()) {
    return place.Wrong("skipped", "an object");
  }
  for (int i = 0; i < kRowFaultKinds; ++i) {
    const std::string fault(RowFaultName(static_cast<RowFault>(i)));
    if (!json["skipped"].contains(fault)) continue;
    AKIN_RETURN_IF_ERROR(GetWhole(json["skipped"], fault.c_str(), place,
                                  UINT64_MAX, &report->skipped[i]));
  }
  AKIN_RETURN_IF_ERROR(GetNumber(json, "min_norm", place, &report->min_norm));
  AKIN_RETURN_IF_ERROR(GetNumber(json, "max_norm", place, &report->max_norm));
  AKIN_RETURN_IF_ERROR(
      GetNumber(json, "read_seconds", place, &report->read_seconds));
  AKIN_RETURN_IF_ERROR(
      GetNumber(json, "index_seconds", place, &report->index_seconds));
  std::string profile;
  AKIN_RETURN_IF_ERROR(Get(json, "profile", place, &profile));
  const auto* known = std::find_if(
      std::begin(kProfiles), std::end(kProfiles),
      [&](const auto& candidate) { return candidate.second == profile; });
  if (known == std::end(kProfiles)) {
    return place.Wrong("profile", "fast, compact or nothing");
  }
  report->profile = known->first;
  AKIN_RETURN_IF_ERROR(Get(json, "layout", place, &report->layout));
  AKIN_RETURN_IF_ERROR(
      GetOptional(json, "recall_at_10", place, &report->recall_at_10));
  AKIN_RETURN_IF_ERROR(GetOptional(json, "exact_microseconds", place,
                                   &report->exact_microseconds));
  return GetOptional(json, "graph_microseconds", place,
                     &report->graph_microseconds);
}

Json CurveToJson(const RecallCurve& curve) {
  Json json;
  json["query_table"] = curve.query_table;
  json["k"] = curve.k;
  json["queries"] = curve.queries;
  // A point is [effort, recall, distances, microseconds].
  json["points"] = Json::array();
  for (const RecallPoint& point : curve.points) {
    json["points"].push_back(
        {point.effort, point.recall, point.distances, point.microseconds});
  }
  return json;
}

absl::StatusOr<RecallCurve> CurveFromJson(const Json& json,
                                          const Place& place) {
  RecallCurve curve;
  AKIN_RETURN_IF_ERROR(Get(json, "query_table", place, &curve.query_table));
  AKIN_RETURN_IF_ERROR(GetWhole(json, "k", place, UINT32_MAX, &curve.k));
  AKIN_RETURN_IF_ERROR(
      GetWhole(json, "queries", place, UINT32_MAX, &curve.queries));
  if (curve.k == 0) return place.Wrong("k", "at least 1");
  AKIN_ASSIGN_OR_RETURN(const Json* points, GetList(json, "points", place));
  for (const Json& point : *points) {
    const bool numbers =
        point.is_array() && point.size() == 4 &&
        point[0].is_number_unsigned() && point[0].get<uint64_t>() > 0 &&
        point[0].get<uint64_t>() <= UINT32_MAX &&
        std::all_of(point.begin(), point.end(), [](const Json& x) {
          return x.is_number() && std::isfinite(x.get<double>());
        });
    if (!numbers) {
      return place.Wrong("points", "[effort, recall, distances, microseconds]");
    }
    const RecallPoint next = {point[0].get<uint32_t>(), point[1].get<float>(),
                              point[2].get<float>(), point[3].get<float>()};
    if (!curve.points.empty() && (next.effort <= curve.points.back().effort ||
                                  next.recall < curve.points.back().recall)) {
      return place.Wrong("points", "effort and recall that rise");
    }
    curve.points.push_back(next);
  }
  if (curve.points.empty()) return place.Wrong("points", "at least one");
  return curve;
}

absl::StatusOr<Calibration> CalibrationFromJson(const Json& json,
                                                const Place& place) {
  AKIN_ASSIGN_OR_RETURN(const Json* list, GetList(json, "curves", place));
  std::vector<RecallCurve> curves;
  for (const Json& curve : *list) {
    AKIN_ASSIGN_OR_RETURN(RecallCurve read,
                          CurveFromJson(curve, place.At("curves")));
    for (const RecallCurve& other : curves) {
      if (other.k == read.k && other.query_table == read.query_table) {
        return place.Wrong("curves", "one for a query table and k");
      }
    }
    curves.push_back(std::move(read));
  }
  float exact = 0;
  AKIN_RETURN_IF_ERROR(GetNumber(json, "exact_microseconds", place, &exact));
  return Calibration(std::move(curves), exact);
}

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
  json["report"] = ReportToJson(table.report);
  Json& calibration = json["calibration"];
  calibration["exact_microseconds"] = table.calibration.exact_microseconds();
  calibration["curves"] = Json::array();
  for (const RecallCurve& curve : table.calibration.curves()) {
    calibration["curves"].push_back(CurveToJson(curve));
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
  if (!json.contains("report") || !json["report"].is_object()) {
    return place.Wrong("report", "an object");
  }
  AKIN_RETURN_IF_ERROR(
      ReportFromJson(json["report"], place.At("report"), &table.report));
  if (!json.contains("calibration") || !json["calibration"].is_object()) {
    return place.Wrong("calibration", "an object");
  }
  AKIN_ASSIGN_OR_RETURN(
      table.calibration,
      CalibrationFromJson(json["calibration"], place.At("calibration")));
  AKIN_ASSIGN_OR_RETURN(const Json* sources, GetList(json, "sources", place));
  for (const Json& source : *sources) {
    AKIN_ASSIGN_OR_RETURN(table.sources.emplace_back(),
                          SourceFromJson(source, place.At("sources")));
  }
  return table;
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
  const auto metadata = json.find("metadata");
  if (metadata == json.end() || !metadata->is_object()) {
    return place.Wrong("metadata", "an object");
  }
  for (const auto& [key, value] : metadata->items()) {
    if (!value.is_string()) return place.Wrong(key, "a string");
    manifest.metadata[key] = value.get<std::string>();
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
