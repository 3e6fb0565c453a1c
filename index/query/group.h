// GROUP: at most so many rows of each group.

#ifndef AKIN_INDEX_QUERY_GROUP_H_
#define AKIN_INDEX_QUERY_GROUP_H_

#include <cstdint>
#include <vector>

#include "index/query/attribute_rows.h"
#include "index/search/searcher.h"

namespace akin {

// Keeps the first `most` of each group, all that are of none. 0 means 1.
// Whether any was left out.
bool KeepGroups(const GroupOfRow& group, uint32_t most,
                std::vector<Neighbor>* rows);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_GROUP_H_
