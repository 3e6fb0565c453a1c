// Waits until a server has loaded a version, by asking GetModel now and then.
#ifndef AKIN_CLIENT_CLI_WAIT_FOR_VERSION_H_
#define AKIN_CLIENT_CLI_WAIT_FOR_VERSION_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "akin/v1/catalog_service.pb.h"
#include "client/cli/terminal.h"
#include "client/cpp/client.h"

namespace akin::client {

// What became of `version`, which LoadVersion was asked for: AVAILABLE or
// FAILED. ABORTED: it was unloaded meanwhile. NOT_FOUND: it is gone.
absl::StatusOr<v1::ModelVersion> WaitUntilLoaded(const Client& client,
                                                 const std::string& model,
                                                 v1::ModelVersion version,
                                                 const Terminal& terminal);

// What became of a version that was just published: AVAILABLE, FAILED, or
// SEALED if the server does not load it by itself. ABORTED: the server has not
// begun to load it within `patience`.
absl::StatusOr<v1::ModelVersion> WaitUntilTaken(const Client& client,
                                                const std::string& model,
                                                int64_t version,
                                                absl::Duration patience,
                                                const Terminal& terminal);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_WAIT_FOR_VERSION_H_
