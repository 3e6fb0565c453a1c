#include "index/search/flat_index.h"

#include <utility>

#include "index/base/status_macros.h"
#include "index/search/code_query.h"

namespace akin {

FlatIndex::FlatIndex(const Codes* codes, Graph graph)
    : codes_(codes), graph_(std::move(graph)) {}

absl::StatusOr<FlatIndex> FlatIndex::Build(const Codes* codes, Graph graph) {
  FlatIndex index(codes, std::move(graph));
  AKIN_ASSIGN_OR_RETURN(index.entry_codes_,
                        CopyEntryCodes(*codes, index.graph_.entries));
  return index;
}

void FlatIndex::Walk(absl::Span<const float> query, const WalkOptions& options,
                     WalkScratch* scratch) const {
  thread_local CodeQuery code_query;
  PrepareCodeQuery(*codes_, query, &code_query);
  FlatWalk(FlatViewOf(*codes_, graph_, entry_codes_), code_query, options,
           scratch);
}

}  // namespace akin
