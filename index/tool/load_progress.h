// Shows how far a load is: a bar on a terminal, a few plain lines elsewhere.

#ifndef AKIN_INDEX_TOOL_LOAD_PROGRESS_H_
#define AKIN_INDEX_TOOL_LOAD_PROGRESS_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "index/version/load_version.h"
#include "index/version/version.h"

namespace akin {

// "reading", "building the graph", ...
absl::string_view LoadStageName(LoadStage stage);

// The bar goes to stderr, lines to `say`. Not thread-safe.
class LoadProgressPrinter {
 public:
  using Say = std::function<void(const std::string& line)>;

  LoadProgressPrinter(absl::string_view model, Say say);
  ~LoadProgressPrinter();  // leaves no half bar behind
  LoadProgressPrinter(const LoadProgressPrinter&) = delete;
  LoadProgressPrinter& operator=(const LoadProgressPrinter&) = delete;

  void Show(const LoadProgress& progress);

  // The lines that stay: what was loaded.
  void Done(const Version& version);

 private:
  void ShowBar(const LoadProgress& progress);
  // Whether another stage, or that of another table, has begun.
  bool IsNewStage(const LoadProgress& progress);
  void ShowLine(const LoadProgress& progress);
  void ClearBar();
  // ", about 40 s left", as far as is known.
  std::string TimeLeft(const LoadProgress& progress) const;

  const std::string model_;
  const Say say_;
  const bool terminal_;
  std::string stage_;  // the last one shown
  absl::Time stage_begin_;
  bool time_left_said_ = false;  // of this stage, in a line
  absl::Time shown_ = absl::InfinitePast();
};

}  // namespace akin

#endif  // AKIN_INDEX_TOOL_LOAD_PROGRESS_H_
