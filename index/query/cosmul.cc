#include "index/query/cosmul.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "index/query/query_context.h"
#include "index/search/task_rows.h"
#include "index/search/top_k.h"

namespace akin {
namespace {

// As gensim's (keyedvectors.py, most_similar_cosmul).
constexpr double kEpsilon = 1e-6;
// Rows that are scored at a time: they stay in a cache while all terms are
// compared with them.
constexpr size_t kBlockRows = 64;

// (1 + cosine) / 2 to the power of the weight, 0 to 1: a cosine that rounding
// carries past 1 would be infinite to the power of a large one, and 0 times
// that, or its share of itself, no number to sort by.
double Similarity(float cosine, float weight) {
  const double similarity = std::clamp((1.0 + cosine) / 2, 0.0, 1.0);
  return weight == 1 ? similarity : std::pow(similarity, weight);
}

}  // namespace

ProductScores::ProductScores(const IndexedTable& target,
                             const ProductTerms& terms)
    : terms_(terms), scores_(ScoresOf(target)) {}

void ProductScores::Score(uint32_t begin, size_t count,
                          AlignedBuffer<float>* decoded, float* scores) const {
  const size_t dimension = scores_.dimension();
  std::array<float, kBlockRows> cosines;
  std::array<double, kBlockRows> above;
  std::array<double, kBlockRows> below;
  for (size_t from = 0; from < count; from += kBlockRows) {
    const size_t block = std::min(kBlockRows, count - from);
    const float* vectors = scores_.Vectors(begin + from, block, decoded);
    above.fill(1);
    below.fill(1);
    for (size_t t = 0; t < terms_.weights.size(); ++t) {
      scores_.ScoreVectors(terms_.vectors.data() + t * dimension, vectors,
                           block, cosines.data());
      std::array<double, kBlockRows>& product = t < terms_.plus ? above : below;
      for (size_t i = 0; i < block; ++i) {
        product[i] *= Similarity(cosines[i], terms_.weights[t]);
      }
    }
    for (size_t i = 0; i < block; ++i) {
      scores[from + i] = static_cast<float>(above[i] / (below[i] + kEpsilon));
    }
  }
}

bool ProductScores::Scan(const RowSet* allowed, size_t count,
                         const StopSignal* stop, std::vector<Neighbor>* best,
                         SearchStats* stats) const {
  const size_t rows = scores_.rows();
  const size_t row_bytes =
      scores_.dimension() * sizeof(float) * terms_.weights.size();
  AlignedBuffer<float> decoded;
  std::array<float, kBlockRows> scores;
  StopPoll poll(stop);
  TopK top;
  top.Begin(std::min(count, rows));
  for (size_t begin = 0; begin < rows; begin += kBlockRows) {
    const size_t block = std::min(kBlockRows, rows - begin);
    size_t scored = block;
    if (allowed == nullptr) {
      Score(static_cast<uint32_t>(begin), block, &decoded, scores.data());
      top.OfferBlock(static_cast<uint32_t>(begin), scores.data(), block);
    } else {
      scored = 0;
      allowed->ForEach(begin, begin + block, [&](uint32_t row) {
        float score;
        Score(row, 1, &decoded, &score);
        top.Offer({row, score});
        ++scored;
      });
    }
    stats->distances += scored * terms_.weights.size();
    if (poll.After(scored * row_bytes)) return false;
  }
  top.Take(best);
  stats->exact = true;
  return true;
}

bool ProductScores::Rescore(const StopSignal* stop, std::vector<Neighbor>* rows,
                            SearchStats* stats) const {
  const size_t row_bytes =
      scores_.dimension() * sizeof(float) * terms_.weights.size();
  AlignedBuffer<float> decoded;
  StopPoll poll(stop);
  for (Neighbor& near : *rows) {
    Score(near.row, 1, &decoded, &near.score);
    if (poll.After(row_bytes)) return false;
  }
  stats->reranks += rows->size() * terms_.weights.size();
  std::sort(rows->begin(), rows->end(), Better);
  return true;
}

}  // namespace akin
