// How far a long command has come, for a person who watches.
#ifndef AKIN_CLIENT_CLI_PROGRESS_LINE_H_
#define AKIN_CLIENT_CLI_PROGRESS_LINE_H_

#include <ostream>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace akin::client {

// One line of a terminal that is written over and over, and is gone in the end.
class ProgressLine {
 public:
  // Null: nobody watches.
  explicit ProgressLine(std::ostream* terminal) : terminal_(terminal) {}
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `text` has no control characters. Shown if the last one has stood for a
  // tenth of a second.
  void Show(absl::string_view text);

 private:
  std::ostream* const terminal_;
  absl::Time last_ = absl::InfinitePast();
  bool shown_ = false;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_PROGRESS_LINE_H_
