// What the commands about a model and its versions have in common.
#ifndef AKIN_CLIENT_CLI_MODEL_ARGS_H_
#define AKIN_CLIENT_CLI_MODEL_ARGS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace CLI {
class App;
}

namespace akin::client {

// Registers MODEL. `model` has to outlive `command`.
void AddModel(CLI::App& command, std::string* model);

// Registers --version N, at least 1. `version` has to outlive `command`.
void AddVersion(CLI::App& command, const char* help,
                std::optional<int64_t>* version);

// A usage error unless `name`, of a `what` such as "model", is UTF-8 and not
// empty. What else a name may be is for the server to say.
absl::Status CheckNamed(absl::string_view what, absl::string_view name);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_MODEL_ARGS_H_
