#include "index/query/diversify.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "index/query/query_context.h"
#include "index/search/aligned_buffer.h"
#include "index/search/task_rows.h"

namespace akin {
namespace {

// How alike two rows are, on the scale of the scores.
class Similarity {
 public:
  Similarity(const IndexedTable& target, bool metric_scores)
      : table_(target.table()),
        scores_(ScoresOf(target)),
        plain_(metric_scores && table_.metric() != Metric::kDot) {}

  // Whether scores are weighed as they are, and not brought to 0..1.
  bool plain() const { return plain_; }
  size_t row_bytes() const { return scores_.dimension() * sizeof(float); }

  // Before the first Compare. False when it was stopped.
  bool Begin(const std::vector<Neighbor>& pool, StopPoll* poll) {
    if (plain_ || table_.metric() == Metric::kCosine) return true;
    lengths_.reserve(pool.size());
    if (table_.metric() == Metric::kL2) SetRow(pool.front().row);
    double sum = 0;
    for (const Neighbor& near : pool) {
      if (table_.metric() == Metric::kL2) {
        sum -= Raw(near.row);
      } else {
        const float* vector = scores_.Vectors(near.row, 1, &decoded_);
        double squares = 0;
        for (size_t i = 0; i < scores_.dimension(); ++i) {
          squares += double{vector[i]} * vector[i];
        }
        lengths_.push_back(std::sqrt(squares));
      }
      if (poll->After(row_bytes())) return false;
    }
    mean_ = sum / static_cast<double>(pool.size());
    return true;
  }

  // What is compared with from now on: the row that stands at `at` in the pool.
  void SetTaken(const std::vector<Neighbor>& pool, size_t at) {
    SetRow(pool[at].row);
    taken_ = at;
  }

  // The similarity of the row at `at`.
  double Compare(const std::vector<Neighbor>& pool, size_t at) {
    const double raw = Raw(pool[at].row);
    if (plain_ || table_.metric() == Metric::kCosine) return raw;
    if (table_.metric() == Metric::kL2) {
      return mean_ > 0 ? 1 / (1 - raw / mean_) : 1;
    }
    const double lengths = lengths_[taken_] * lengths_[at];
    return lengths > 0 ? raw / lengths : 0;
  }

 private:
  void SetRow(uint32_t row) {
    vector_.resize(scores_.dimension());
    table_.CopySearchVector(row, absl::MakeSpan(vector_));
  }
  double Raw(uint32_t row) {
    return scores_.Score(vector_.data(), row, &decoded_);
  }

  const Table& table_;
  const RowScores scores_;
  const bool plain_;
  std::vector<float> vector_;  // of the row that was taken last
  size_t taken_ = 0;
  std::vector<double> lengths_;  // under dot, of each row of the pool
  double mean_ = 0;
  AlignedBuffer<float> decoded_;
};

// As they are, or between 0 and 1.
std::vector<double> Relevances(const std::vector<Neighbor>& pool, bool plain) {
  const double best = pool.front().score;
  const double spread = best - pool.back().score;
  std::vector<double> relevances;
  relevances.reserve(pool.size());
  for (const Neighbor& near : pool) {
    const double score = near.score;
    relevances.push_back(
        plain ? score : (spread > 0 ? 1 - (best - score) / spread : 1));
  }
  return relevances;
}

}  // namespace

bool Diversify(const IndexedTable& target, float lambda, bool metric_scores,
               size_t k, const StopSignal* stop, std::vector<Neighbor>* pool) {
  if (pool->empty()) return true;
  Similarity similarity(target, metric_scores);
  StopPoll poll(stop);
  if (!similarity.Begin(*pool, &poll)) return false;
  const std::vector<double> relevances = Relevances(*pool, similarity.plain());
  std::vector<double> nearest(pool->size(),
                              -std::numeric_limits<double>::infinity());
  std::vector<size_t> left;  // where the rows not yet taken stand
  left.reserve(pool->size());
  for (size_t i = 0; i < pool->size(); ++i) left.push_back(i);

  std::vector<Neighbor> taken;
  taken.reserve(std::min(k, pool->size()));
  auto best = left.begin();
  while (true) {
    const size_t at = *best;
    taken.push_back((*pool)[at]);
    left.erase(best);
    if (taken.size() == k || left.empty()) break;
    similarity.SetTaken(*pool, at);
    double highest = -std::numeric_limits<double>::infinity();
    for (auto candidate = left.begin(); candidate != left.end(); ++candidate) {
      double& near = nearest[*candidate];
      near = std::max(near, similarity.Compare(*pool, *candidate));
      const double gain = lambda * relevances[*candidate] - (1 - lambda) * near;
      if (gain > highest || candidate == left.begin()) {
        highest = gain;
        best = candidate;
      }
      if (poll.After(similarity.row_bytes())) return false;
    }
  }
  *pool = std::move(taken);
  return true;
}

}  // namespace akin
