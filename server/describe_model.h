// What the server knows of its models, with a repository or without.

#ifndef AKIN_SERVER_DESCRIBE_MODEL_H_
#define AKIN_SERVER_DESCRIBE_MODEL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/model_facts.h"
#include "server/server_state.h"

namespace akin::server {

// By name.
std::vector<ModelFacts> DescribeModels(const ServerState& state);

// NOT_FOUND: no such model.
absl::StatusOr<ModelFacts> DescribeModel(const ServerState& state,
                                         const std::string& model);

}  // namespace akin::server

#endif  // AKIN_SERVER_DESCRIBE_MODEL_H_
