#include "tests/bench/chaos/chaos.h"

#include <cstdio>

#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"

namespace akin::bench {

absl::Status BenchChaos(const ChaosOptions& options) {
  AKIN_ASSIGN_OR_RETURN(const ScratchFolder runs, ScratchFolder::Create());
  AKIN_RETURN_IF_ERROR(SealRuns(options.sizes, runs.path()));
  Figures figures("chaos", ThisMachine());
  const auto say = [](const char* part) {
    std::fprintf(stderr, "chaos: %s\n", part);
  };
  if (options.flips + options.cuts > 0) {
    say("files");
    AKIN_RETURN_IF_ERROR(DamageFiles(options, runs.path(), &figures));
  }
  if (options.connections > 0) {
    say("connections");
    AKIN_RETURN_IF_ERROR(SendGarbage(options, runs.path(), &figures));
  }
  if (options.messages > 0) {
    say("messages");
    AKIN_RETURN_IF_ERROR(SpoilMessages(options, runs.path(), &figures));
  }
  if (options.kills > 0) {
    say("kills");
    AKIN_RETURN_IF_ERROR(KillServers(options, runs.path(), &figures));
  }
  if (options.rotations > 0) {
    say("certificates");
    AKIN_RETURN_IF_ERROR(RotateCertificates(options, runs.path(), &figures));
  }
  figures.Finish(
      {absl::StrFormat("Seed %d; versions of %d items and %d users "
                       "of %d dimensions.",
                       options.seed, options.sizes.items, options.sizes.users,
                       options.sizes.dimension)},
      options.json_out);
  return absl::OkStatus();
}

}  // namespace akin::bench
