#include "tests/bench/versions/versions.h"

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "tests/bench/engine/cache_folder.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/serve/watched_server.h"
#include "tests/bench/versions/cold_start.h"
#include "tests/bench/versions/swap.h"
#include "tests/bench/versions/swap_memory.h"

namespace akin::bench {
namespace {

bool SwapsAny(const VersionsOptions& options) {
  return options.label_moves > 0 || options.swaps > 0 ||
         options.memory_swaps > 0;
}

absl::Status Swaps(const VersionsOptions& options, Figures* figures) {
  if (!SwapsAny(options)) return absl::OkStatus();
  std::fprintf(stderr, "versions: two runs of %zu x %zu\n",
               options.swapped.items, options.swapped.dimension);
  PinThisProcess(kAllProcessors);
  AKIN_ASSIGN_OR_RETURN(const ScratchFolder scratch, ScratchFolder::Create());
  const CacheFolder cache(options.cache);
  const std::string runs =
      cache.enabled()
          ? cache.PathOf(absl::StrCat("swap-", options.swapped.items, "-",
                                      options.swapped.users, "-",
                                      options.swapped.dimension))
          : scratch.path();
  AKIN_RETURN_IF_ERROR(SealRuns(options.swapped, runs));
  if (options.label_moves > 0) {
    AKIN_RETURN_IF_ERROR(BenchLabelMoves(options, runs, figures));
  }
  if (options.swaps > 0) {
    AKIN_RETURN_IF_ERROR(BenchSwaps(options, runs, figures));
  }
  if (options.memory_swaps > 0) {
    AKIN_RETURN_IF_ERROR(BenchSwapMemory(options, runs, figures));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status BenchVersions(const VersionsOptions& options) {
  if (options.cache.empty() && options.pairs > 0) {
    return absl::InvalidArgumentError(
        "cold starts need --cache, as files are what they read; or --pairs 0 "
        "for none");
  }
  Figures figures("versions", ThisMachine());
  std::vector<std::string> notes;
  if (options.pairs > 0) {
    AKIN_RETURN_IF_ERROR(
        BenchColdStart(options.set, options.cache, options.pairs, &figures));
    notes.push_back(absl::StrFormat(
        "Cold starts: median of %d pairs in the order a b, b a, ... [95 %% "
        "bootstrap interval]. From the call to the first answer; files in the "
        "page cache.",
        options.pairs));
  }
  AKIN_RETURN_IF_ERROR(Swaps(options, &figures));
  if (SwapsAny(options)) {
    notes.push_back(absl::StrFormat(
        "Swaps: versions of %d items and %d users of %d dimensions. The server "
        "has one processor, the generator another. Median of the swaps [95 %% "
        "bootstrap interval].",
        options.swapped.items, options.swapped.users,
        options.swapped.dimension));
  }
  figures.Finish(std::move(notes), options.json_out);
  return absl::OkStatus();
}

}  // namespace akin::bench
