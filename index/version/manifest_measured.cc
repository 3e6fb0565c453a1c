#include "index/version/manifest_measured.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "index/base/status_macros.h"
#include "index/version/manifest_attributes.h"

namespace akin::manifest {
namespace {

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

}  // namespace

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
  if (report.attributes.has_value()) {
    json["attributes"] = AttributeReportToJson(*report.attributes);
  }
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
  if (json.contains("attributes")) {
    AKIN_ASSIGN_OR_RETURN(const Json* attributes,
                          GetObject(json, "attributes", place));
    AKIN_RETURN_IF_ERROR(AttributeReportFromJson(
        *attributes, place.At("attributes"), &report->attributes.emplace()));
  }
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

Json CalibrationToJson(const Calibration& calibration) {
  Json json;
  json["exact_microseconds"] = calibration.exact_microseconds();
  json["curves"] = Json::array();
  for (const RecallCurve& curve : calibration.curves()) {
    json["curves"].push_back(CurveToJson(curve));
  }
  return json;
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

}  // namespace akin::manifest
