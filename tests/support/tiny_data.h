// Small seeded data for tests.

#ifndef AKIN_TESTS_SUPPORT_TINY_DATA_H_
#define AKIN_TESTS_SUPPORT_TINY_DATA_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/table/table_builder.h"
#include "index/version/version.h"

namespace akin {

using Rows = std::vector<std::pair<std::string, std::vector<float>>>;

// Stops the test program when a row is bad: tests that want bad rows use
// TableBuilder themselves.
inline Table MakeTable(const std::string& name, Metric metric,
                       const Rows& rows) {
  const auto dimension = static_cast<uint32_t>(rows.at(0).second.size());
  TableBuilder builder(name, dimension, {.metric = metric});
  for (const auto& [id, values] : rows) {
    const auto next = builder.NextRow();
    std::copy(values.begin(), values.end(), next->begin());
    if (builder.Commit(id).has_value()) std::abort();
  }
  return std::move(builder).Build();
}

// `count` rows "r0", "r1", ... of normally distributed numbers.
inline Rows RandomRows(size_t count, size_t dimension, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Rows rows;
  for (size_t i = 0; i < count; ++i) {
    std::vector<float> values(dimension);
    for (float& value : values) value = normal(random);
    rows.emplace_back(absl::StrCat("r", i), std::move(values));
  }
  return rows;
}

// The words of the README's analogy, in three dimensions: royal, male, female.
inline Rows RoyalRows() {
  return {{"king", {2, 2, 0}},  {"queen", {2, 0, 2}}, {"man", {0, 2, 0}},
          {"woman", {0, 0, 2}}, {"boy", {0, 1, 0.2}}, {"girl", {0, 0.2, 1}},
          {"crown", {3, 0, 0}}};
}

inline std::unique_ptr<const IndexedTable> Indexed(Table table) {
  return std::make_unique<const IndexedTable>(std::move(table));
}

// "royal" version 1 with exact tables "words" (cosine, RoyalRows) and "people"
// (one more table of the same space).
inline std::shared_ptr<const Version> RoyalVersion(
    int64_t number = 1, Metric metric = Metric::kCosine) {
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(Indexed(MakeTable("words", metric, RoyalRows())));
  tables.push_back(Indexed(MakeTable(
      "people", metric, {{"elizabeth", {4, 0.5, 4}}, {"king", {0, 1, 0}}})));
  return std::make_shared<const Version>("royal", number, std::move(tables));
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_TINY_DATA_H_
