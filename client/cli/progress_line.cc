#include "client/cli/progress_line.h"

#include "absl/time/clock.h"

namespace akin::client {
namespace {

constexpr absl::Duration kShowEvery = absl::Milliseconds(100);
constexpr char kClearLine[] = "\r\x1b[K";

}  // namespace

ProgressLine::~ProgressLine() {
  if (shown_) *terminal_ << kClearLine << std::flush;
}

void ProgressLine::Show(absl::string_view text) {
  if (terminal_ == nullptr) return;
  const absl::Time now = absl::Now();
  if (now - last_ < kShowEvery) return;
  last_ = now;
  shown_ = true;
  *terminal_ << kClearLine << text << std::flush;
}

}  // namespace akin::client
