// How often the same event may be logged: a disk that fails, or a caller that
// asks for nonsense in a loop, says so a few times a second and not a million.
//
// Thread-safe.

#ifndef AKIN_SERVER_LOG_EVENT_LIMIT_H_
#define AKIN_SERVER_LOG_EVENT_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "index/base/mutex.h"

namespace akin::server {

class EventLimit {
 public:
  struct Rate {
    double per_second = 10;
    double burst = 20;  // at least 1
  };
  // Events that are told apart; those beyond it share one allowance.
  static constexpr size_t kMostEvents = 512;

  explicit EventLimit(Rate rate) : rate_(rate) {}

  // Whether `event`, which happens at `now`, may be logged. `left_out`: how
  // many before it were not since it was last reported; they count as reported
  // then. A clock that steps back grants nothing and takes nothing away.
  bool Allow(absl::string_view event, absl::Time now, uint64_t* left_out);

  struct LeftOut {
    std::string event;
    uint64_t count;
  };
  // Events that were left out, and could be logged by now but did not happen
  // again: to be reported. With `all`: whether they could be or not, as there
  // will be no later.
  std::vector<LeftOut> TakeLeftOut(absl::Time now, bool all = false);

 private:
  struct Allowance {
    double tokens;
    absl::Time at;          // when there were as many
    uint64_t left_out = 0;  // and not reported
    absl::Time reported = absl::InfinitePast();
  };

  Allowance& Find(absl::string_view event, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Refill(absl::Time now, Allowance* allowance) const;
  static bool MayReport(absl::Time now, const Allowance& allowance);
  static uint64_t Report(absl::Time now, Allowance* allowance);
  void ForgetIdle(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Rate rate_;
  Mutex mutex_;
  absl::flat_hash_map<std::string, Allowance> events_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace akin::server

#endif  // AKIN_SERVER_LOG_EVENT_LIMIT_H_
