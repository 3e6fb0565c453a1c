// akin-build: BuildVersion for somebody at a terminal.

#ifndef AKIN_INDEX_TOOL_BUILD_COMMAND_H_
#define AKIN_INDEX_TOOL_BUILD_COMMAND_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "index/tool/build_version.h"

namespace akin {

struct BuildCommand {
  VersionSpec version;
  std::string golden_file;  // read into version.golden_queries; "": none
  size_t threads = 1;
};

// Shows how far it is on stderr, says on stdout where the version lies, and
// then what it took. CANCELLED after SIGINT or SIGTERM. When it fails the
// repository has no such version; the model's folder may be there with its
// .lock. Not to be called twice.
absl::Status Build(BuildCommand command);

}  // namespace akin

#endif  // AKIN_INDEX_TOOL_BUILD_COMMAND_H_
