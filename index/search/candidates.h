// The rows that may still be among the best k, while only bounds of their
// scores are known. Not thread-safe.

#ifndef AKIN_INDEX_SEARCH_CANDIDATES_H_
#define AKIN_INDEX_SEARCH_CANDIDATES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/search/score_range.h"

namespace akin {

// More rows than this, of `rows`, are not worth being told apart: reading them
// one by one would cost as much as reading all.
inline size_t MostCandidates(size_t rows) { return rows / 8; }

// May be used again and again; then it allocates only when it must hold more
// than ever.
class Candidates {
 public:
  // Forgets all. `k` is at least 1. When more than `most` rows cannot be told
  // apart it gives up: comparing them all costs less then.
  void Begin(size_t k, size_t most);

  // k rows seen so far score at least this much: what cannot reach it is out.
  // kNoThreshold until there are k.
  float threshold() const { return threshold_; }

  void Offer(uint32_t row, const ScoreRange& range) {
    if (!(range.upper >= threshold_) || gave_up_) return;
    rows_.push_back({row, range.upper});
    if (range.lower > threshold_) Raise(range.lower);
    if (rows_.size() >= limit_) Compact();
  }

  // Takes over what `other`, which saw other rows for the same query, has.
  void Merge(const Candidates& other);

  bool gave_up() const { return gave_up_; }
  void GiveUp();

  // After the last Offer: drops what is out, and readies TakeBest().
  void Finish();
  size_t size() const { return rows_.size(); }

  // Takes the row of the highest upper bound, if that is at least `least`.
  bool TakeBest(float least, uint32_t* row);

 private:
  struct Candidate {
    uint32_t row;
    float upper;
  };

  static bool Lower(const Candidate& a, const Candidate& b) {
    return a.upper < b.upper;
  }

  void Raise(float lower);
  void Compact();

  size_t k_ = 0;
  size_t most_ = 0;
  size_t limit_ = 0;  // so many rows before they are looked through again
  bool gave_up_ = false;
  float threshold_ = kNoThreshold;
  std::vector<float> lowers_;  // the k highest lower bounds, least on top
  std::vector<Candidate> rows_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_CANDIDATES_H_
