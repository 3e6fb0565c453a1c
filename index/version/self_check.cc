#include "index/version/self_check.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "absl/types/span.h"
#include "index/table/table_builder.h"

namespace akin {
namespace {

constexpr uint32_t kSeed = 20161;
constexpr size_t kNeighbors = 10;

std::vector<std::vector<float>> MiddlesOfPairs(const Table& table,
                                               size_t count) {
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<uint32_t> row(
      0, static_cast<uint32_t>(table.rows() - 1));
  std::vector<std::vector<float>> queries;
  for (size_t i = 0; i < count; ++i) {
    const auto a = table.SearchVector(row(random));
    const auto b = table.SearchVector(row(random));
    std::vector<float> middle(table.dimension());
    for (size_t j = 0; j < middle.size(); ++j) middle[j] = (a[j] + b[j]) / 2;
    // Opposite rows have no middle direction; they are as good as absent.
    if (table.metric() == Metric::kCosine &&
        Normalise(absl::MakeSpan(middle)) == 0)
      continue;
    queries.push_back(std::move(middle));
  }
  return queries;
}

}  // namespace

double MeasureRecallAt10(const IndexedTable& table, size_t queries,
                         WorkerPool* pool) {
  const auto vectors = MiddlesOfPairs(table.table(), queries);
  std::vector<SearchTask> truth;
  truth.reserve(vectors.size());
  for (const auto& vector : vectors) {
    truth.push_back({.query = vector, .k = kNeighbors});
  }
  std::vector<SearchTask> found = truth;
  table.exact().BatchSearch(absl::MakeSpan(truth), pool);
  table.index().BatchSearch(absl::MakeSpan(found), pool);

  uint64_t hits = 0;
  uint64_t possible = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    const float worst = truth[i].neighbors.back().score;
    possible += truth[i].neighbors.size();
    hits += static_cast<uint64_t>(std::count_if(
        found[i].neighbors.begin(), found[i].neighbors.end(),
        [&](const Neighbor& near) { return near.score >= worst; }));
  }
  return possible == 0
             ? 1.0
             : static_cast<double>(hits) / static_cast<double>(possible);
}

}  // namespace akin
