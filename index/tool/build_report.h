// What a build was expected to take, and what it took.

#ifndef AKIN_INDEX_TOOL_BUILD_REPORT_H_
#define AKIN_INDEX_TOOL_BUILD_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "index/build/index_plan.h"
#include "index/tool/build_version.h"
#include "index/version/load_version.h"
#include "index/version/version.h"

namespace akin {

// The most memory that this process has held, in bytes.
uint64_t PeakMemory();

// Told by the hooks of one build, on their thread. Not thread-safe.
class BuildReport {
 public:
  void Step(BuildStep step);
  void Progress(const LoadProgress& progress);
  void Loaded(const Version& version);

  // When it is done, a line for each table and one for the whole:
  //   words: 528 bytes a vector (528 expected of the graph), 12.4 MiB expected
  //     beside it while it was built; read in 0.11 s, graph in 2.50 s, measured
  //     in 0.71 s
  //   3.61 s in all (reading the trained files for their sums 0.02 s, ...),
  //     61.0 MiB of memory at most
  std::vector<std::string> Lines();

 private:
  struct Planned {
    IndexPlan plan;
    absl::Time begin;
    absl::Time end;  // as far as is known
  };

  std::string DescribeTable(const IndexedTable& indexed) const;

  absl::Time last_;                         // when anything was heard
  std::map<std::string, Planned> planned_;  // by table
  std::vector<std::string> tables_;         // a line each
  std::vector<std::pair<BuildStep, absl::Time>> steps_;
};

}  // namespace akin

#endif  // AKIN_INDEX_TOOL_BUILD_REPORT_H_
