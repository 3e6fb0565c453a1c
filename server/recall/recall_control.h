// Holds the recall of one table at a target: from the recalls of sampled
// queries it decides what their effort is to be multiplied by. Not thread-safe.
//
// It looks at what was sampled since the last step after 30, 60, 120, 240, 480
// and 960 queries, and then begins anew. By the 99 % interval
// (recall_interval.h):
//   - below the target: the factor rises by half, or to `most`; where it is
//     there already, the target is missed (below_target);
//   - above it: the factor falls by a tenth, or to `least`; but never to one
//     that was too small within the last 20,000 samples, so that it comes to
//     rest above the least that suffices. A table whose target was missed first
//     holds it again.
// Where recall is just the target, each look errs upwards in one case of 200,
// so an alert that nothing stands behind takes one such error for each step.
//
// How soon a damage is found: every step up needs the first look whose interval
// ends below the target even if the sample is three deviations better than what
// it was drawn from, and so does the alert behind the last. SamplesToAlert
// counts that. With a target of 0.95 and factors of 1 to 4 (four steps up) the
// alert comes within 150 samples where recall has become 0.56 or less, 300 at
// 0.68, 600 at 0.78, 1,200 at 0.84 and 4,800 at 0.90. Samples, not queries: of
// these there are as many more as are not sampled.

#ifndef AKIN_SERVER_RECALL_RECALL_CONTROL_H_
#define AKIN_SERVER_RECALL_RECALL_CONTROL_H_

#include <cstdint>
#include <optional>

#include "server/recall/recall_interval.h"

namespace akin::server {

struct RecallTarget {
  double recall = 0;  // 0: none, and nothing is ever changed
  // Between which the factor stays: least <= 1 <= most.
  double least = 1;
  double most = 4;
};

class RecallControl {
 public:
  static constexpr uint64_t kFirstLook = 30;
  static constexpr uint64_t kLastLook = 960;
  static constexpr double kRaise = 1.5;
  static constexpr double kLower = 1.1;
  static constexpr uint64_t kMemory = 20'000;

  enum class Event : uint8_t {
    kNothing,
    kRaised,
    kLowered,
    kMissed,     // below_target() from now on
    kHeldAgain,  // not any more
  };

  explicit RecallControl(const RecallTarget& target) : target_(target) {}

  // The recall of a query that was answered with factor(). What led to an event
  // is in evidence().
  Event Add(double recall);

  double factor() const { return factor_; }
  bool below_target() const { return below_target_; }

  struct Evidence {
    uint64_t samples = 0;
    double recall = 0;
    RecallInterval interval;  // 99 %
  };
  // Of the latest look.
  const Evidence& evidence() const { return evidence_; }

 private:
  Event TooLow();
  Event HighEnough(bool surely);
  void BeginRound();

  const RecallTarget target_;
  double factor_ = 1;
  bool below_target_ = false;
  // The latest factor that was too small, and how many samples ago; 0: none.
  double too_small_ = 0;
  uint64_t since_too_small_ = 0;
  RecallSums sums_;
  uint64_t next_look_ = kFirstLook;
  Evidence evidence_;
};

// How many samples below_target takes at the most, in 99 % of cases or more,
// for a factor of 1 at first and a recall that is no higher than `recall`
// whatever the factor. Nothing where that is so near the target that it may
// take more than a round for a step.
std::optional<uint64_t> SamplesToAlert(const RecallTarget& target,
                                       double recall);

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_RECALL_CONTROL_H_
