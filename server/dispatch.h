// Where the work of a call is done: at once on the thread that read it, or on a
// worker, or not at all.
//
// A hop to another thread costs about as much as a short search, so a call that
// is expected to take no longer than inline_microseconds does not hop. gRPC's
// threads are then never busy for longer than that with one call, so health,
// the catalog and refusals are answered whatever the workers do.

#ifndef AKIN_SERVER_DISPATCH_H_
#define AKIN_SERVER_DISPATCH_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "server/call_record.h"
#include "server/handlers.h"
#include "server/server_state.h"

namespace akin::server {

// Calls `done` once: with what `work` returned, or with why it was not done.
// `work` is called at most once, and is kept until then; `record` lives until
// `done` was called.
template <class Work>
void Dispatch(ServerState* state, double expected_us, Work work,
              CallRecord* record, const Done& done) {
  record->SetExpected(expected_us);
  if (expected_us <= state->config.inline_microseconds()) {
    if (!record->stop().Stopped()) record->BeginWork();
    done(work());
    return;
  }
  auto kept = std::make_shared<Work>(std::move(work));
  absl::Status taken = state->search_pool.Submit(
      {.expected_us = expected_us,
       .stop = &record->stop(),
       .run = [kept, record, done](const absl::Status& turn) {
         record->LeftQueue();
         if (!turn.ok()) return done(turn);
         record->BeginWork();
         done((*kept)());
       }});
  if (!taken.ok()) done(taken);
}

}  // namespace akin::server

#endif  // AKIN_SERVER_DISPATCH_H_
