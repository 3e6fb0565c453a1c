#include "server/recall/recall_window.h"

namespace akin::server {

void RecallWindow::Add(double recall, size_t k) {
  const One one{static_cast<float>(recall), static_cast<uint32_t>(k)};
  if (latest_.size() < kMost) {
    latest_.push_back(one);
    return;
  }
  latest_[oldest_] = one;
  oldest_ = (oldest_ + 1) % kMost;
}

void RecallWindow::Clear() {
  latest_.clear();
  oldest_ = 0;
}

RecallSums RecallWindow::sums() const {
  RecallSums sums;
  for (const One& one : latest_) sums.Add(one.recall);
  return sums;
}

double RecallWindow::mean_k() const {
  if (latest_.empty()) return 0;
  double sum = 0;
  for (const One& one : latest_) sum += one.k;
  return sum / static_cast<double>(latest_.size());
}

}  // namespace akin::server
