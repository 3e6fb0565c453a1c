// Numbers and names of the API as people read them.
#ifndef AKIN_CLIENT_CLI_WORDING_H_
#define AKIN_CLIENT_CLI_WORDING_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "akin/v1/catalog_service.pb.h"

namespace akin::client {

std::string WithSeparators(uint64_t number);                 // 400,000
std::string MebiBytes(uint64_t bytes);                       // 210.4 MiB
std::string Plural(uint64_t count, absl::string_view noun);  // 1 row, 2 rows

// A newer server's unknown value becomes "unknown (7)".
std::string WordFor(v1::Metric metric);       // cosine
std::string WordFor(v1::IndexKind kind);      // graph
std::string WordFor(v1::Profile profile);     // compact
std::string WordFor(v1::VersionState state);  // available
std::string WordFor(v1::ServerState state);   // serving

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_WORDING_H_
