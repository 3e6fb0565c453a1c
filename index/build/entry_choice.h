// Chooses the rows at which walks over a graph begin.

#ifndef AKIN_INDEX_BUILD_ENTRY_CHOICE_H_
#define AKIN_INDEX_BUILD_ENTRY_CHOICE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/search/entries.h"
#include "index/search/row_query.h"
#include "index/table/codes.h"

namespace akin {

// `order` holds all rows, at least one, in random order. Entries are moved to
// its front, leaders first. The same input gives the same entries.
//
// There is one group under dot. Otherwise leaders lie as far from each other as
// can be had cheaply: each is drawn with a chance that grows with its distance
// from those before (k-means++; Arthur and Vassilvitskii, SODA 2007,
// section 2.2). The other entries are the next in `order`, each in the group of
// its nearest leader.
Entries ChooseEntries(const Codes& codes, const RowQueries& queries,
                      std::vector<uint32_t>* order);

// Leaders and entries of so many rows, at most.
size_t MostEntries(size_t rows);

}  // namespace akin

#endif  // AKIN_INDEX_BUILD_ENTRY_CHOICE_H_
