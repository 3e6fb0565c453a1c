// What was measured when a table was loaded, as its manifest says it.

#ifndef AKIN_INDEX_VERSION_MANIFEST_MEASURED_H_
#define AKIN_INDEX_VERSION_MANIFEST_MEASURED_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "index/search/calibration.h"
#include "index/version/load_report.h"
#include "index/version/manifest_fields.h"

namespace akin::manifest {

// DATA_LOSS: `json`, an object, is not what the other function writes.
Json ReportToJson(const LoadReport& report);
absl::Status ReportFromJson(const Json& json, const Place& place,
                            LoadReport* report);

Json CalibrationToJson(const Calibration& calibration);
absl::StatusOr<Calibration> CalibrationFromJson(const Json& json,
                                                const Place& place);

}  // namespace akin::manifest

#endif  // AKIN_INDEX_VERSION_MANIFEST_MEASURED_H_
