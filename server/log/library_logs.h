// What gRPC and protobuf say by themselves goes into the server's log. Left
// alone they write to stderr: for every bad string of a request, for every
// failed handshake, as often as a stranger likes, and a full pipe stops them.
//
// One at a time in a process.

#ifndef AKIN_SERVER_LOG_LIBRARY_LOGS_H_
#define AKIN_SERVER_LOG_LIBRARY_LOGS_H_

#include "server/log/log.h"

namespace akin::server {

class LibraryLogs {
 public:
  // `log` must outlive this.
  explicit LibraryLogs(Log* log);
  // From now on they say nothing.
  ~LibraryLogs();
  LibraryLogs(const LibraryLogs&) = delete;
  LibraryLogs& operator=(const LibraryLogs&) = delete;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_LOG_LIBRARY_LOGS_H_
