// A model's labels, as they are kept in the repository: LABELS.json in the
// model's folder, which every server of the repository follows.
//
//   {"labels": {"stable": {"version": 4, "previous": 3},
//               "canary": {"version": 5, "share": 0.05, "shadow_share": 0.01}}}
//
// It is replaced as a whole, so a reader sees it before or after a change; who
// changes it holds the model's lock. People may write it by hand.

#ifndef AKIN_INDEX_VERSION_LABELS_H_
#define AKIN_INDEX_VERSION_LABELS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin {

// Answers those who say neither version nor label.
inline constexpr absl::string_view kStableLabel = "stable";
// Answers a share of them.
inline constexpr absl::string_view kCanaryLabel = "canary";
inline constexpr absl::string_view kLabelsFile = "LABELS.json";
inline constexpr size_t kMaxLabels = 100;

struct LabelTarget {
  int64_t version = 0;
  // Of kCanaryLabel, 0..1: of the calls with a routing key; and of those that
  // stable has answered, which it is asked as well.
  double share = 0;
  double shadow_share = 0;
  // What it named before it was moved, to go back to; 0: nothing.
  int64_t previous = 0;

  friend bool operator==(const LabelTarget&, const LabelTarget&) = default;
};

using Labels = std::map<std::string, LabelTarget>;

// INVALID_ARGUMENT: the name, the number, a share, or one that is not canary's.
absl::Status CheckLabel(absl::string_view name, const LabelTarget& target);

// Of a label that is to be set: INVALID_ARGUMENT as CheckName says, and for
// names that read like a version, "7" and "latest". One that a repository has
// already is read and removed all the same.
absl::Status CheckNewLabelName(absl::string_view name);

// Empty where nobody has set any. INVALID_ARGUMENT: not what stands above.
// Others: what the system says.
absl::StatusOr<Labels> ReadLabels(const std::string& repository,
                                  absl::string_view model);

// Reads the labels, lets `change` change them, and writes them, while no other
// program does; removes what killed programs left of doing so. What `change`
// returns, if that is an error, and nothing is written. FAILED_PRECONDITION:
// the labels cannot be read, or not be written.
absl::StatusOr<Labels> ChangeLabels(
    const std::string& repository, absl::string_view model,
    const std::function<absl::Status(Labels*)>& change);

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_LABELS_H_
