#include "index/build/entry_choice.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <utility>

#include "index/kernels/code_distances.h"
#include "index/search/code_query.h"

namespace akin {
namespace {

constexpr uint32_t kSeed = 2007;
constexpr size_t kRowsPerEntry = 16;
constexpr size_t kLeastEntries = 16;
constexpr size_t kMostEntries = 4096;
// Rows that a leader is drawn from, for each leader.
constexpr size_t kSamplePerLeader = 64;
// One group: under dot all walks soon lead to the same long rows, wherever they
// began, and most rows would be in the group of the longest leader.
constexpr size_t kDotEntries = 256;

struct Counts {
  size_t entries;
  size_t leaders;
};

Counts CountsFor(size_t rows, Metric metric) {
  const bool dot = metric == Metric::kDot;
  const size_t entries =
      std::min(rows, std::clamp(rows / kRowsPerEntry, kLeastEntries,
                                dot ? kDotEntries : kMostEntries));
  if (dot) return {entries, 1};
  return {entries, static_cast<size_t>(
                       std::ceil(std::sqrt(static_cast<double>(entries))))};
}

// One of `begin` and those behind, with chances as their weights.
size_t PickByWeight(const std::vector<float>& weights, size_t begin,
                    std::mt19937_64* random) {
  double sum = 0;
  for (size_t i = begin; i < weights.size(); ++i) sum += weights[i];
  double at = std::ldexp(static_cast<double>((*random)() >> 11), -53) * sum;
  for (size_t i = begin; i < weights.size(); ++i) {
    at -= weights[i];
    if (at < 0) return i;
  }
  return begin;  // all weigh nothing, or rounding
}

class EntryChoice {
 public:
  EntryChoice(const Codes& codes, const RowQueries& queries,
              std::vector<uint32_t>* order)
      : code_rows_(RowsOf(codes)),
        queries_(queries),
        order_(*order),
        counts_(CountsFor(order->size(), codes.metric())) {}

  Entries Choose() {
    DrawLeaders();
    Entries entries;
    entries.leaders.assign(order_.begin(), At(counts_.leaders));
    Group(&entries);
    return entries;
  }

 private:
  std::vector<uint32_t>::iterator At(size_t i) {
    return order_.begin() + static_cast<ptrdiff_t>(i);
  }

  // distances[i] of order_[begin + i] from order_[from].
  void Distances(size_t from, size_t begin, size_t count, float* distances) {
    queries_.Prepare(order_[from], &query_);
    ActiveCodeKernels().distances(code_rows_, query_, &order_[begin], count,
                                  distances);
  }

  void DrawLeaders() {
    const size_t sample =
        std::min(order_.size(), kSamplePerLeader * counts_.leaders);
    std::mt19937_64 random(kSeed);
    std::vector<float> distances(sample);
    std::vector<float> nearest(sample, std::numeric_limits<float>::max());
    for (size_t i = 0; i < counts_.leaders; ++i) {
      const size_t pick = i == 0 ? 0 : PickByWeight(nearest, i, &random);
      std::swap(order_[i], order_[pick]);
      std::swap(nearest[i], nearest[pick]);
      Distances(i, i, sample - i, distances.data());
      for (size_t j = i + 1; j < sample; ++j) {
        nearest[j] = std::min(nearest[j], std::max(distances[j - i], 0.0f));
      }
    }
  }

  void Group(Entries* entries) {
    std::vector<float> distances(counts_.entries);
    std::vector<float> nearest(counts_.entries,
                               std::numeric_limits<float>::max());
    std::vector<uint32_t> groups(counts_.entries, 0);
    for (uint32_t leader = 0; leader < counts_.leaders; ++leader) {
      Distances(leader, 0, counts_.entries, distances.data());
      for (size_t i = 0; i < counts_.entries; ++i) {
        if (distances[i] < nearest[i]) {
          nearest[i] = distances[i];
          groups[i] = leader;
        }
      }
    }
    // However near another one is.
    for (uint32_t leader = 0; leader < counts_.leaders; ++leader) {
      groups[leader] = leader;
    }
    Fill(groups, entries);
  }

  // Leaders come first, so each is the first of its group. What is too much for
  // a group is no entry and goes behind those that are.
  void Fill(const std::vector<uint32_t>& groups, Entries* entries) {
    std::vector<std::vector<uint32_t>> members(counts_.leaders);
    std::vector<uint32_t> kept;
    std::vector<uint32_t> left_out;
    for (size_t i = 0; i < counts_.entries; ++i) {
      std::vector<uint32_t>& group = members[groups[i]];
      const bool full = group.size() == kMostInGroup;
      if (!full) group.push_back(order_[i]);
      (full ? left_out : kept).push_back(order_[i]);
    }
    std::copy(left_out.begin(), left_out.end(),
              std::copy(kept.begin(), kept.end(), order_.begin()));
    entries->rows.reserve(kept.size());
    entries->begins.reserve(counts_.leaders + 1);
    entries->begins.push_back(0);
    for (const std::vector<uint32_t>& group : members) {
      entries->rows.insert(entries->rows.end(), group.begin(), group.end());
      entries->begins.push_back(static_cast<uint32_t>(entries->rows.size()));
    }
  }

  const CodeRows code_rows_;
  const RowQueries& queries_;
  std::vector<uint32_t>& order_;
  const Counts counts_;
  CodeQuery query_;
};

}  // namespace

size_t MostEntries(size_t rows) {
  const Counts counts = CountsFor(rows, Metric::kL2);
  return counts.entries + counts.leaders;
}

Entries ChooseEntries(const Codes& codes, const RowQueries& queries,
                      std::vector<uint32_t>* order) {
  return EntryChoice(codes, queries, order).Choose();
}

}  // namespace akin
