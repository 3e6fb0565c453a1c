// The life of the process: listen, load, serve, drain.

#ifndef AKIN_SERVER_RUN_H_
#define AKIN_SERVER_RUN_H_

#include "server/options.h"

namespace akin::server {

// Returns the exit code: 0 after SIGTERM or SIGINT, 1 when it cannot listen or
// load. Catches those signals; call it once a process.
int Run(const ServerOptions& options);

}  // namespace akin::server

#endif  // AKIN_SERVER_RUN_H_
