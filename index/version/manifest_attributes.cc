#include "index/version/manifest_attributes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "index/base/limits.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"

namespace akin::manifest {

Json AttributesToJson(const std::vector<AttributeManifest>& attributes) {
  Json list = Json::array();
  for (const AttributeManifest& attribute : attributes) {
    Json json;
    json["name"] = attribute.name;
    json["type"] = AttributeTypeName(attribute.type);
    json["rows"] = attribute.rows;
    if (attribute.keywords > 0) json["keywords"] = attribute.keywords;
    list.push_back(std::move(json));
  }
  return list;
}

absl::StatusOr<std::vector<AttributeManifest>> AttributesFromJson(
    const Json& json, const Place& place, uint64_t table_rows) {
  std::vector<AttributeManifest> attributes;
  if (json.size() > kMaxAttributes) {
    return place.Wrong("", absl::StrCat("at most ", kMaxAttributes));
  }
  for (const Json& entry : json) {
    AttributeManifest attribute;
    if (!entry.is_object()) return place.Wrong("", "objects");
    AKIN_RETURN_IF_ERROR(Get(entry, "name", place, &attribute.name));
    const bool known = std::any_of(
        attributes.begin(), attributes.end(),
        [&](const auto& other) { return other.name == attribute.name; });
    if (known || !CheckName("attribute", attribute.name).ok()) {
      return place.Wrong("name", "a name, each once");
    }
    std::string type;
    AKIN_RETURN_IF_ERROR(Get(entry, "type", place, &type));
    const auto parsed = ParseAttributeType(type);
    if (!parsed.ok()) return place.Wrong("type", "a type of attributes");
    attribute.type = *parsed;
    AKIN_RETURN_IF_ERROR(
        GetWhole(entry, "rows", place, table_rows, &attribute.rows));
    if (entry.contains("keywords")) {
      AKIN_RETURN_IF_ERROR(
          GetWhole(entry, "keywords", place, kMaxRows, &attribute.keywords));
    }
    attributes.push_back(std::move(attribute));
  }
  return attributes;
}

Json AttributeReportToJson(const AttributeReport& report) {
  Json json;
  json["source"] = report.source;
  json["format"] = report.format;
  json["rows"] = report.rows;
  json["unknown_ids"] = report.unknown_ids;
  return json;
}

absl::Status AttributeReportFromJson(const Json& json, const Place& place,
                                     AttributeReport* report) {
  AKIN_RETURN_IF_ERROR(Get(json, "source", place, &report->source));
  AKIN_RETURN_IF_ERROR(Get(json, "format", place, &report->format));
  AKIN_RETURN_IF_ERROR(GetWhole(json, "rows", place, kMaxRows, &report->rows));
  return GetWhole(json, "unknown_ids", place, UINT64_MAX, &report->unknown_ids);
}

}  // namespace akin::manifest
