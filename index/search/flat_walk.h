// Walks a graph whose links and codes lie in two arrays: of every new neighbour
// the code is fetched. Thread-safe.

#ifndef AKIN_INDEX_SEARCH_FLAT_WALK_H_
#define AKIN_INDEX_SEARCH_FLAT_WALK_H_

#include <cstddef>
#include <cstdint>

#include "index/base/page_buffer.h"
#include "index/kernels/code_distances.h"
#include "index/search/code_query.h"
#include "index/search/graph.h"
#include "index/search/walk.h"
#include "index/table/codes.h"

namespace akin {

// Pointers into a Codes and a Graph.
struct FlatView {
  CodeRows codes;
  size_t rows = 0;
  // rows x degree; a list that is shorter ends with kNoRow.
  const uint32_t* links = nullptr;
  size_t degree = 0;
  // Where walks begin. Without groups the leaders alone are compared.
  const uint32_t* leaders = nullptr;
  size_t leader_count = 0;
  const uint32_t* entries = nullptr;
  const uint32_t* group_begins = nullptr;
  CodeRows entry_codes;  // the leaders', then the entries'
};

// `entry_codes` are those of the graph's entries.
inline FlatView FlatViewOf(const Codes& codes, const Graph& graph,
                           const PageBuffer& entry_codes) {
  FlatView view;
  view.codes = RowsOf(codes);
  view.rows = graph.rows;
  view.links = graph.Links(0);
  view.degree = graph.degree;
  view.leaders = graph.entries.leaders.data();
  view.leader_count = graph.entries.leaders.size();
  view.entries = graph.entries.rows.data();
  view.group_begins = graph.entries.begins.data();
  view.entry_codes = view.codes;
  view.entry_codes.data = reinterpret_cast<const int8_t*>(entry_codes.data());
  return view;
}

// Leaves the rows nearest to the query in scratch->nearest, with their
// distances by code.
void FlatWalk(const FlatView& index, const CodeQuery& query,
              const WalkOptions& options, WalkScratch* scratch);

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_FLAT_WALK_H_
