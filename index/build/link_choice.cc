#include "index/build/link_choice.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace akin {
namespace {

// How far a candidate may be occluded, in squared distances, in the rounds that
// fill a list up. The first round is the rule proper.
constexpr float kRounds[] = {1.0f, 1.5f, 2.5f,
                             std::numeric_limits<float>::infinity()};
constexpr float kLastRound = std::numeric_limits<float>::max();

}  // namespace

void LinkChoice::Choose(const std::vector<Candidate>& candidates, size_t limit,
                        bool fill, std::vector<uint32_t>* kept) {
  kept->clear();
  open_.clear();
  open_.reserve(candidates.size());
  for (uint32_t i = 0; i < candidates.size(); ++i) open_.push_back({i, 0});
  for (const float bound : kRounds) {
    occluded_.clear();
    // Those that this round must leave out too.
    std::erase_if(open_, [&](const Open& open) {
      if (open.occlusion <= bound) return false;
      occluded_.push_back(open);
      return true;
    });
    size_t twins = 0;
    while (!open_.empty() && kept->size() < limit) {
      const Open open = open_.front();
      const uint32_t row = candidates[open.at].row;
      open_.erase(open_.begin());
      twins = !kept->empty() && SameCode(kept->back(), row) ? twins + 1 : 0;
      if (twins > limit / 2 && std::isfinite(bound)) {
        occluded_.push_back({open.at, kLastRound});
        continue;
      }
      kept->push_back(row);
      if (kept->size() < limit) Occlude(candidates, row, bound);
    }
    if (!fill || kept->size() == limit || occluded_.empty()) return;
    std::sort(occluded_.begin(), occluded_.end());
    open_.swap(occluded_);
  }
}

bool LinkChoice::SameCode(uint32_t a, uint32_t b) const {
  return std::memcmp(codes_.data + a * codes_.stride,
                     codes_.data + b * codes_.stride, codes_.stride) == 0;
}

void LinkChoice::Occlude(const std::vector<Candidate>& candidates,
                         uint32_t kept, float bound) {
  if (open_.empty()) return;
  rows_.clear();
  rows_.reserve(open_.size());
  for (const Open& open : open_) rows_.push_back(candidates[open.at].row);
  distances_.resize(rows_.size());
  queries_.Prepare(kept, &query_);
  ActiveCodeKernels().distances(codes_, query_, rows_.data(), rows_.size(),
                                distances_.data());
  size_t left = 0;
  for (size_t i = 0; i < open_.size(); ++i) {
    const float between =
        std::max(distances_[i], std::numeric_limits<float>::min());
    const float occlusion = std::max(
        open_[i].occlusion, candidates[open_[i].at].distance / between);
    if (occlusion > bound) {
      occluded_.push_back({open_[i].at, occlusion});
    } else {
      open_[left++] = {open_[i].at, occlusion};
    }
  }
  open_.resize(left);
}

}  // namespace akin
