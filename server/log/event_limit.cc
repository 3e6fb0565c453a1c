#include "server/log/event_limit.h"

#include <algorithm>
#include <utility>

namespace akin::server {
namespace {

constexpr absl::string_view kOthers = "other events";

}  // namespace

void EventLimit::Refill(absl::Time now, Allowance* allowance) const {
  const double seconds =
      std::max(0.0, absl::ToDoubleSeconds(now - allowance->at));
  allowance->tokens =
      std::min(rate_.burst, allowance->tokens + seconds * rate_.per_second);
  allowance->at = now;
}

bool EventLimit::MayReport(absl::Time now, const Allowance& allowance) {
  constexpr absl::Duration kEvery = absl::Seconds(1);
  return allowance.left_out > 0 &&
         absl::AbsDuration(now - allowance.reported) >= kEvery;
}

uint64_t EventLimit::Report(absl::Time now, Allowance* allowance) {
  allowance->reported = now;
  return std::exchange(allowance->left_out, 0);
}

// One that has its whole burst again is as one that was never seen.
void EventLimit::ForgetIdle(absl::Time now) {
  for (auto it = events_.begin(); it != events_.end();) {
    Refill(now, &it->second);
    if (it->second.tokens >= rate_.burst && it->second.left_out == 0) {
      events_.erase(it++);
    } else {
      ++it;
    }
  }
}

EventLimit::Allowance& EventLimit::Find(absl::string_view event,
                                        absl::Time now) {
  const auto known = events_.find(event);
  if (known != events_.end()) return known->second;
  if (events_.size() >= kMostEvents) ForgetIdle(now);
  if (events_.size() >= kMostEvents) event = kOthers;
  return events_.try_emplace(event, Allowance{rate_.burst, now}).first->second;
}

bool EventLimit::Allow(absl::string_view event, absl::Time now,
                       uint64_t* left_out) {
  MutexLock lock(&mutex_);
  Allowance& allowance = Find(event, now);
  Refill(now, &allowance);
  if (allowance.tokens < 1) {
    ++allowance.left_out;
    *left_out = 0;
    return false;
  }
  --allowance.tokens;
  *left_out = MayReport(now, allowance) ? Report(now, &allowance) : 0;
  return true;
}

std::vector<EventLimit::LeftOut> EventLimit::TakeLeftOut(absl::Time now,
                                                         bool all) {
  std::vector<LeftOut> taken;
  MutexLock lock(&mutex_);
  for (auto& [event, allowance] : events_) {
    if (allowance.left_out == 0) continue;
    Refill(now, &allowance);
    if (!all && (allowance.tokens < 1 || !MayReport(now, allowance))) continue;
    taken.push_back({event, Report(now, &allowance)});
  }
  std::sort(taken.begin(), taken.end(), [](const LeftOut& a, const LeftOut& b) {
    return a.event < b.event;
  });
  return taken;
}

}  // namespace akin::server
