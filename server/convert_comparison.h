// Comparisons between wire and library, as convert.h does for the rest.
// Views of the request are kept, so it must outlive what is made of it.

#ifndef AKIN_SERVER_CONVERT_COMPARISON_H_
#define AKIN_SERVER_CONVERT_COMPARISON_H_

#include "absl/status/statusor.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/comparison.pb.h"
#include "index/query/compare_versions.h"
#include "index/query/comparison.h"
#include "index/query/comparison_thresholds.h"
#include "index/version/catalog.h"

namespace akin::server {

// Tables, k, number of queries and recorded ids; 0 becomes the default.
// INVALID_ARGUMENT: more recorded ids of a table than the cap, or of what is no
// name of a table.
absl::StatusOr<CompareOptions> CompareOptionsFromWire(
    const v1::CompareVersionsRequest& request);

// INVALID_ARGUMENT: as CheckThresholds says.
absl::StatusOr<ComparisonThresholds> ThresholdsFromWire(
    const v1::ComparisonThresholds& wire);

// Neither, where the choice is not set.
VersionChoice ComparedVersionFromWire(const v1::VersionChoice& choice);

void ComparisonToWire(const Comparison& comparison, v1::Comparison* wire);

}  // namespace akin::server

#endif  // AKIN_SERVER_CONVERT_COMPARISON_H_
