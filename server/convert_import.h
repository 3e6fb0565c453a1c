// The wire's messages of an import and the library's types, as convert.h has
// them for the rest.

#ifndef AKIN_SERVER_CONVERT_IMPORT_H_
#define AKIN_SERVER_CONVERT_IMPORT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/tool/build_version.h"

namespace akin::server {

// All that is said, but not where the files lie. `begin` has passed
// CheckImportBegin. INVALID_ARGUMENT: a metric, index, profile, format or type
// of attributes that is none, a compact profile without a graph; golden
// queries, as GoldenQueriesOf says.
absl::StatusOr<VersionSpec> VersionSpecFromWire(const std::string& repository,
                                                const v1::ImportBegin& begin);

v1::ImportProgress ProgressToWire(const LoadProgress& progress);
v1::ImportProgress ProgressToWire(BuildStep step);

}  // namespace akin::server

#endif  // AKIN_SERVER_CONVERT_IMPORT_H_
