// Who sends the files of an import, as far as others may ask it to stop. An
// interface: so that a call can be asked without being known.
//
// Thread-safe.

#ifndef AKIN_SERVER_IMPORT_SENDER_H_
#define AKIN_SERVER_IMPORT_SENDER_H_

#include "absl/status/status.h"
#include "index/search/stop_signal.h"

namespace akin::server {

class ImportSender {
 public:
  using Clock = StopSignal::Clock;

  virtual ~ImportSender() = default;

  // Lets go of the session: at once, or after the part that is being written.
  // Its call ends with `status`, unless it has ended before. Not to be called
  // under a lock that is needed to let go.
  virtual void Yield(const absl::Status& status) = 0;

  // Since when it has been waiting for its caller; Clock::time_point::max()
  // while its caller waits for it. Takes no lock but its own, for a moment.
  virtual Clock::time_point silent_since() = 0;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_SENDER_H_
