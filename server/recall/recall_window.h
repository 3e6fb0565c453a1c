// The latest recalls of one kind of queries. Not thread-safe.

#ifndef AKIN_SERVER_RECALL_RECALL_WINDOW_H_
#define AKIN_SERVER_RECALL_RECALL_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/recall/recall_interval.h"

namespace akin::server {

class RecallWindow {
 public:
  static constexpr size_t kMost = 1000;

  // `k`: how many true neighbours the query had.
  void Add(double recall, size_t k);
  void Clear();

  size_t size() const { return latest_.size(); }
  RecallSums sums() const;
  double mean_k() const;  // 0 without queries

 private:
  struct One {
    float recall;
    uint32_t k;
  };
  std::vector<One> latest_;
  size_t oldest_ = 0;  // once there are kMost
};

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_RECALL_WINDOW_H_
