// Where walks over a graph begin: a sample of its rows, in groups. A walk
// compares the query with the leader of each group, then with the rows of the
// nearest few groups: for the price of some hundred comparisons the best of
// thousands of rows, so that a walk starts in the right cluster.

#ifndef AKIN_INDEX_SEARCH_ENTRIES_H_
#define AKIN_INDEX_SEARCH_ENTRIES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace akin {

// Nearest groups that are looked into.
inline constexpr size_t kEntryGroups = 2;
// Of all entries compared, the nearest few start the walk.
inline constexpr size_t kStarts = 4;
// Entries of a group.
inline constexpr size_t kMostInGroup = 256;

struct Entries {
  // A row per group, at least one.
  std::vector<uint32_t> leaders;
  // The rows of all groups, one group behind the other, each row once. A leader
  // is the first of its own group.
  std::vector<uint32_t> rows;
  // Where in `rows` each group begins, and the end.
  std::vector<uint32_t> begins;

  size_t memory_bytes() const {
    return (leaders.capacity() + rows.capacity() + begins.capacity()) *
           sizeof(uint32_t);
  }
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_ENTRIES_H_
