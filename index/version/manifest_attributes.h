// The attributes of a table, as its manifest says them.

#ifndef AKIN_INDEX_VERSION_MANIFEST_ATTRIBUTES_H_
#define AKIN_INDEX_VERSION_MANIFEST_ATTRIBUTES_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "index/version/load_report.h"
#include "index/version/manifest.h"
#include "index/version/manifest_fields.h"

namespace akin::manifest {

// DATA_LOSS: `json` is not what the other function writes, or not of a table of
// `table_rows`.
Json AttributesToJson(const std::vector<AttributeManifest>& attributes);
absl::StatusOr<std::vector<AttributeManifest>> AttributesFromJson(
    const Json& json, const Place& place, uint64_t table_rows);

Json AttributeReportToJson(const AttributeReport& report);
absl::Status AttributeReportFromJson(const Json& json, const Place& place,
                                     AttributeReport* report);

}  // namespace akin::manifest

#endif  // AKIN_INDEX_VERSION_MANIFEST_ATTRIBUTES_H_
