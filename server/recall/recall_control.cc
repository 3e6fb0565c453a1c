#include "server/recall/recall_control.h"

#include <algorithm>
#include <cmath>

namespace akin::server {

RecallControl::Event RecallControl::Add(double recall) {
  if (target_.recall <= 0) return Event::kNothing;
  sums_.Add(recall);
  if (too_small_ > 0 && ++since_too_small_ > kMemory) too_small_ = 0;
  if (sums_.queries < next_look_) return Event::kNothing;
  next_look_ *= 2;
  const RecallInterval interval = IntervalOf(sums_, kDeviations99);
  evidence_ = {sums_.queries, sums_.mean(), interval};
  const bool last = sums_.queries >= kLastLook;
  Event event = Event::kNothing;
  if (interval.high < target_.recall) {
    event = TooLow();
    BeginRound();
  } else if (interval.low > target_.recall || last) {
    event = HighEnough(interval.low > target_.recall);
    if (event != Event::kNothing || last) BeginRound();
  }
  return event;
}

RecallControl::Event RecallControl::TooLow() {
  too_small_ = factor_;
  since_too_small_ = 0;
  if (factor_ < target_.most) {
    factor_ = std::min(factor_ * kRaise, target_.most);
    return Event::kRaised;
  }
  if (below_target_) return Event::kNothing;
  below_target_ = true;
  return Event::kMissed;
}

// `surely`: above the target; else nothing was found to be wrong in a whole
// round.
RecallControl::Event RecallControl::HighEnough(bool surely) {
  if (below_target_) {
    below_target_ = false;
    return Event::kHeldAgain;
  }
  const double lower = std::max(factor_ / kLower, target_.least);
  if (!surely || lower >= factor_ || lower <= too_small_) {
    return Event::kNothing;
  }
  factor_ = lower;
  return Event::kLowered;
}

void RecallControl::BeginRound() {
  sums_ = {};
  next_look_ = kFirstLook;
}

namespace {

// The first look that finds `recall` to be below the target, even if the sample
// flatters it. Hits of a query count as one: they vary no more than that.
std::optional<uint64_t> LookThatFinds(double target, double recall) {
  constexpr double kFlattered = 3;  // deviations
  for (uint64_t look = RecallControl::kFirstLook;
       look <= RecallControl::kLastLook; look *= 2) {
    const auto n = static_cast<double>(look);
    const double seen = std::min(
        1.0, recall + kFlattered * std::sqrt(recall * (1 - recall) / n));
    const double t = StudentsT(kDeviations99, n - 1);
    if (WilsonInterval(seen, n, t).high < target) return look;
  }
  return std::nullopt;
}

}  // namespace

std::optional<uint64_t> SamplesToAlert(const RecallTarget& target,
                                       double recall) {
  const auto look = LookThatFinds(target.recall, recall);
  if (!look.has_value()) return std::nullopt;
  uint64_t looks = 1;
  for (double factor = 1; factor < target.most;
       factor *= RecallControl::kRaise) {
    ++looks;
  }
  return looks * *look;
}

}  // namespace akin::server
