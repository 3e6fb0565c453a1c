// akin-server: serves trained vectors over gRPC.

#include <cstdio>
#include <cstdlib>
#include <variant>

#include "absl/synchronization/mutex.h"
#include "server/options.h"
#include "server/run.h"

int main(int argc, char** argv) {
  // Our own sentences say what went wrong; gRPC's go to its developers.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  // Debian builds Abseil so that every lock of a mutex is looked up in a graph
  // of all mutexes held: a tenth of what a call costs, most of it inside gRPC.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);

  const auto parsed = akin::server::ParseOptions(argc, argv);
  if (const auto* exit = std::get_if<akin::server::ExitNow>(&parsed)) {
    std::fputs(exit->message.c_str(), exit->code == 0 ? stdout : stderr);
    return exit->code;
  }
  return akin::server::Run(std::get<akin::server::ServerOptions>(parsed));
}
