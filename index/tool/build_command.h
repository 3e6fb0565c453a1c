// akin-build: trained files -> a sealed version in a repository.

#ifndef AKIN_INDEX_TOOL_BUILD_COMMAND_H_
#define AKIN_INDEX_TOOL_BUILD_COMMAND_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "index/version/load_version.h"

namespace akin {

struct BuildCommand {
  std::string repository;
  std::string model;
  std::vector<TableSpec> tables;
  std::optional<int64_t> version;
  std::string training_run;
  std::map<std::string, std::string> metadata;
  size_t threads = 1;
};

// Shows how far it is on stderr and says on stdout where the version lies.
// CANCELLED after SIGINT or SIGTERM. Nothing is left in the repository when it
// fails. Not to be called twice.
absl::Status Build(const BuildCommand& command);

}  // namespace akin

#endif  // AKIN_INDEX_TOOL_BUILD_COMMAND_H_
