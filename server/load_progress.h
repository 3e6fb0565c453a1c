// Shows how far a load is: a bar on a terminal, a few plain lines elsewhere.

#ifndef AKIN_SERVER_LOAD_PROGRESS_H_
#define AKIN_SERVER_LOAD_PROGRESS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "index/version/load_version.h"
#include "index/version/version.h"

namespace akin::server {

// Prints to stderr. Not thread-safe.
class LoadProgressPrinter {
 public:
  explicit LoadProgressPrinter(absl::string_view model);
  ~LoadProgressPrinter();  // leaves no half bar behind
  LoadProgressPrinter(const LoadProgressPrinter&) = delete;
  LoadProgressPrinter& operator=(const LoadProgressPrinter&) = delete;

  void Show(const LoadProgress& progress);

  // The lines that stay: what was loaded.
  void Done(const Version& version);

 private:
  void ShowBar(const LoadProgress& progress);
  void ShowLine(const LoadProgress& progress);
  void ClearBar();

  const std::string model_;
  const bool terminal_;
  std::string stage_;  // the last one shown
  absl::Time shown_ = absl::InfinitePast();
};

}  // namespace akin::server

#endif  // AKIN_SERVER_LOAD_PROGRESS_H_
