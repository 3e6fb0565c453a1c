// Which of many near rows a row links to.

#ifndef AKIN_INDEX_BUILD_LINK_CHOICE_H_
#define AKIN_INDEX_BUILD_LINK_CHOICE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/kernels/code_distances.h"
#include "index/search/row_query.h"

namespace akin {

struct Candidate {
  float distance;  // squared, to the row that chooses
  uint32_t row;

  friend bool operator<(const Candidate& a, const Candidate& b) {
    return a.distance < b.distance ||
           (a.distance == b.distance && a.row < b.row);
  }
};

// Chooses links among candidates. Holds the memory that takes, so one per
// thread. Not thread-safe.
class LinkChoice {
 public:
  LinkChoice(const CodeRows& codes, const RowQueries* queries)
      : codes_(codes), queries_(*queries) {}

  // From `candidates`, nearest first and each row once, keeps those that no
  // kept one occludes: c is occluded by a kept p when p is nearer to c than the
  // choosing row is (arXiv 1603.09320, algorithm 4). Rows that are equal to the
  // choosing one occlude nothing; they get half of the list and what others
  // leave of it, or they would be cut off from all else. Then, when `fill` is
  // set and fewer than `limit` are kept, the others by how little they are
  // occluded, until `limit`. Fewer only if there are fewer candidates.
  // `kept` comes out with the chosen rows.
  void Choose(const std::vector<Candidate>& candidates, size_t limit, bool fill,
              std::vector<uint32_t>* kept);

 private:
  struct Open {
    uint32_t at;      // in the candidates
    float occlusion;  // by the kept row that occludes it most, as a quotient of
                      // squared distances: above 1 it is occluded

    friend bool operator<(const Open& a, const Open& b) { return a.at < b.at; }
  };

  bool SameCode(uint32_t a, uint32_t b) const;

  // Moves candidates that `kept` occludes by more than `bound` from open_ to
  // occluded_.
  void Occlude(const std::vector<Candidate>& candidates, uint32_t kept,
               float bound);

  const CodeRows codes_;
  const RowQueries& queries_;
  CodeQuery query_;
  std::vector<Open> open_;
  std::vector<Open> occluded_;
  std::vector<uint32_t> rows_;
  std::vector<float> distances_;
};

}  // namespace akin

#endif  // AKIN_INDEX_BUILD_LINK_CHOICE_H_
