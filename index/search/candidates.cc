#include "index/search/candidates.h"

#include <algorithm>
#include <functional>

namespace akin {
namespace {

constexpr size_t kFirstLimit = 256;

}  // namespace

void Candidates::Begin(size_t k, size_t most) {
  k_ = k;
  most_ = most;
  limit_ = std::max(kFirstLimit, 2 * k);
  gave_up_ = false;
  threshold_ = kNoThreshold;
  lowers_.clear();
  lowers_.reserve(k);
  rows_.clear();
}

void Candidates::Raise(float lower) {
  if (lowers_.size() == k_) {
    std::pop_heap(lowers_.begin(), lowers_.end(), std::greater<>());
    lowers_.back() = lower;
  } else {
    lowers_.push_back(lower);
  }
  std::push_heap(lowers_.begin(), lowers_.end(), std::greater<>());
  if (lowers_.size() == k_) threshold_ = lowers_.front();
}

void Candidates::Compact() {
  std::erase_if(rows_,
                [this](const Candidate& c) { return c.upper < threshold_; });
  if (rows_.size() > most_) return GiveUp();
  limit_ = std::max(limit_, 2 * rows_.size());
}

void Candidates::Merge(const Candidates& other) {
  if (other.gave_up_) GiveUp();
  if (gave_up_) return;
  for (const float lower : other.lowers_) {
    if (lower > threshold_) Raise(lower);
  }
  rows_.insert(rows_.end(), other.rows_.begin(), other.rows_.end());
}

void Candidates::GiveUp() {
  gave_up_ = true;
  rows_.clear();
}

void Candidates::Finish() {
  if (gave_up_) return;
  Compact();
  std::make_heap(rows_.begin(), rows_.end(), Lower);
}

bool Candidates::TakeBest(float least, uint32_t* row) {
  if (rows_.empty() || rows_.front().upper < least) return false;
  *row = rows_.front().row;
  std::pop_heap(rows_.begin(), rows_.end(), Lower);
  rows_.pop_back();
  return true;
}

}  // namespace akin
