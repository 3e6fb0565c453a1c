// Makes a coded row itself ready to be compared with other rows of its codes:
// the graph's construction does little else. Thread-safe.

#ifndef AKIN_INDEX_SEARCH_ROW_QUERY_H_
#define AKIN_INDEX_SEARCH_ROW_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/kernels/code_distances.h"
#include "index/table/codes.h"

namespace akin {

// What all rows of one Codes object have in common as queries.
class RowQueries {
 public:
  // `codes` must outlive this.
  explicit RowQueries(const Codes& codes);

  // The same distances as PrepareCodeQuery(codes, decoded row) would give, up
  // to the rounding of the 16-bit query and, under dot, to the row's own length
  // (it counts as M); many times faster.
  void Prepare(size_t row, CodeQuery* query) const;

 private:
  const Codes& codes_;
  // values[j] = shift[j] + weight[j] * code[j], in steps of 2 / factor_.
  std::vector<float> weights_;
  std::vector<float> shifts_;
  float factor_ = 0;
  float base_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_ROW_QUERY_H_
