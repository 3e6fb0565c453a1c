// The log on stderr, through spdlog: the only file that knows it.

#ifndef AKIN_SERVER_LOG_STDERR_LOG_H_
#define AKIN_SERVER_LOG_STDERR_LOG_H_

#include "server/log/log.h"

namespace akin::server {

// Writes whole lines to stderr (stdout is for the one line that scripts wait
// for), and each at once. When stderr is a pipe that is full because nobody
// reads it, lines are dropped and counted, so that no call waits for the log's
// reader. Thread-safe.
Log::Sink StderrSink(bool json);

}  // namespace akin::server

#endif  // AKIN_SERVER_LOG_STDERR_LOG_H_
