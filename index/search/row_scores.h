// The scores that are answered: of the table's vectors by the float kernels,
// or, for a table that has given up its vectors, of its decoded codes by the
// same.
//
// Thread-safe; what is written to is the caller's.

#ifndef AKIN_INDEX_SEARCH_ROW_SCORES_H_
#define AKIN_INDEX_SEARCH_ROW_SCORES_H_

#include <cstddef>
#include <cstdint>

#include "index/kernels/distances.h"
#include "index/search/aligned_buffer.h"
#include "index/search/code_bounds.h"
#include "index/table/codes.h"
#include "index/table/table.h"

namespace akin {

class RowScores {
 public:
  // Both must outlive this. `codes` may be null unless they are what is scored.
  RowScores(const Table* table, const Codes* codes, Scored scored);

  Scored scored() const { return scored_; }
  size_t rows() const { return table_.rows(); }
  size_t dimension() const { return table_.dimension(); }
  // What one row's score makes the machine read.
  size_t row_bytes() const;
  size_t row_lines() const { return (row_bytes() + 63) / 64; }

  // Asks for a row that will be scored soon.
  void Prefetch(uint32_t row) const;

  // `decoded` is room for a row.
  float Score(const float* query, uint32_t row,
              AlignedBuffer<float>* decoded) const;

  // The vectors of rows begin .. begin + count - 1, one behind the other: the
  // table's own, or in `decoded`.
  const float* Vectors(size_t begin, size_t count,
                       AlignedBuffer<float>* decoded) const;
  // Their scores, which are the same as Score() gives.
  void ScoreVectors(const float* query, const float* vectors, size_t count,
                    float* scores) const;
  // The same of vectors that are read for the first time, when more that lie
  // behind them will be scored next.
  void ScanVectors(const float* query, const float* vectors, size_t count,
                   float* scores) const;

 private:
  const Table& table_;
  const Codes* const codes_;
  const Scored scored_;
  const bool l2_;
  const Kernels& kernels_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_ROW_SCORES_H_
