// Answers that were made of several responses, as JSON.
#ifndef AKIN_CLIENT_CLI_PRINT_JSON_H_
#define AKIN_CLIENT_CLI_PRINT_JSON_H_

#include <nlohmann/json_fwd.hpp>

#include "client/cli/terminal.h"

namespace akin::client {

// Writes `json` as Session::PrintJson writes a message: on one line, or
// indented for a person. A NaN becomes null.
void PrintJson(const Terminal& terminal, const nlohmann::ordered_json& json);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_PRINT_JSON_H_
