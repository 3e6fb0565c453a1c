// What a search finds of the rows that a filter allows: as much as without one,
// whether few are allowed or nearly all, near the query or far from it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/query/match_rows.h"
#include "index/version/load_version.h"
#include "tests/support/clustered_data.h"
#include "tests/support/ranks.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

constexpr size_t kRows = AKIN_SANITIZED ? 3'000 : 20'000;
constexpr size_t kQueries = 40;
constexpr size_t kDimension = 32;
constexpr size_t kClusters = 30;
constexpr size_t kK = 10;
constexpr double kShares[] = {0.0001, 0.001, 0.01, 0.05, 0.1,  0.2,
                              0.5,    0.8,   0.9,  0.99, 0.999};

double Product(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

// Loaded as a server loads it: text, a side file, a calibrated graph.
class FilteredRecall : public testing::TestWithParam<Profile> {
 protected:
  void SetUp() override {
    data_ = ClusteredRowsAndQueries(kRows, kQueries, kDimension, 17, kClusters);
    data_.queries = AsQueries(Metric::kCosine, data_.queries);
    TableSpec spec;
    spec.name = "t";
    std::string text;
    for (size_t i = 0; i < kRows; ++i) {
      absl::StrAppend(&text, "r", i);
      for (const float x : data_.rows[i]) absl::StrAppend(&text, " ", x);
      absl::StrAppend(&text, "\n");
    }
    spec.source.path = dir_.Write("t.txt", text);
    spec.attributes.path = dir_.Write("t.csv", SideFile());
    spec.index = IndexChoice::kGraph;
    spec.profile = GetParam();
    LoadOptions options;
    options.pool = &pool_;
    const auto version = LoadVersion("m", 1, {spec}, options);
    ASSERT_THAT(version, IsOk());
    version_ = *version;
  }

  // chance:  has nothing to do with where a row lies
  // along:   rises along one direction of space
  // cluster: rows that lie together have the same
  std::string SideFile() {
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> uniform;
    const std::vector<float> direction = NormalVector(kDimension, &random);
    std::vector<double> key;
    for (const auto& row : data_.rows) key.push_back(Product(row, direction));
    const std::vector<double> along = Ranks(key);
    for (double& x : key) x = uniform(random);
    const std::vector<double> chance = Ranks(key);
    std::string text = "id,chance:float,along:float,cluster:keyword\n";
    for (size_t i = 0; i < kRows; ++i) {
      absl::StrAppend(&text, "r", i, ",", chance[i], ",", along[i], ",c",
                      ClusterOf(data_.rows[i]), "\n");
    }
    return text;
  }

  // The nearest of some rows.
  size_t ClusterOf(const std::vector<float>& vector) const {
    size_t best = 0;
    double most = -2;
    for (size_t i = 0; i < kClusters; ++i) {
      const std::vector<float>& centre = data_.rows[i * 50];
      const double cosine =
          Product(vector, centre) /
          std::sqrt(Product(vector, vector) * Product(centre, centre));
      if (cosine > most) best = i;
      most = std::max(most, cosine);
    }
    return best;
  }

  const IndexedTable& table() const { return *version_->tables()[0]; }

  RowSet Match(const Predicate& predicate) const {
    auto rows = MatchRows(table(), predicate);
    EXPECT_THAT(rows, IsOk());
    return *std::move(rows);
  }

  // Adds what one query finds to the bucket.
  struct Bucket {
    std::string name;
    size_t found = 0;
    size_t wanted = 0;
    double recall() const {
      return static_cast<double>(found) / static_cast<double>(wanted);
    }
  };
  void Ask(const std::vector<float>& query, const RowSet* allowed,
           Bucket* bucket) {
    SearchTask task{.query = query, .k = kK, .allowed = allowed};
    SearchTask truth = task;
    table().index().Search(&task);
    table().exact().Search(&truth);
    const size_t matches = allowed == nullptr ? kRows : allowed->count();
    ASSERT_EQ(task.neighbors.size(), std::min(kK, matches)) << bucket->name;
    bucket->wanted += truth.neighbors.size();
    if (truth.neighbors.empty()) return;
    const float least = truth.neighbors.back().score - 1e-6f;
    for (const Neighbor& near : task.neighbors) {
      ASSERT_TRUE(allowed == nullptr || allowed->Contains(near.row));
      bucket->found += near.score >= least;
    }
    walked_ += !task.stats.exact;
  }

  void Finish(Bucket bucket) {
    if (bucket.wanted == 0) return;  // nothing was allowed
    EXPECT_GE(bucket.recall(), 0.9) << bucket.name;
    RecordProperty(bucket.name, std::to_string(bucket.recall()));
    buckets_.push_back(std::move(bucket));
  }

  double Mean() const {
    double sum = 0;
    for (const Bucket& bucket : buckets_) sum += bucket.recall();
    return sum / static_cast<double>(buckets_.size());
  }

  TempDir dir_;
  WorkerPool pool_{2};
  RowsAndQueries data_;
  std::shared_ptr<const Version> version_;
  std::vector<Bucket> buckets_;
  size_t walked_ = 0;  // queries that were not answered by exact search
};

Predicate Range(absl::string_view attribute, double low, double high) {
  Predicate range;
  range.kind = Predicate::Kind::kRange;
  range.attribute = attribute;
  range.low = low;
  range.high = high;
  range.high_open = true;
  return range;
}

Predicate Cluster(absl::string_view name) {
  Predicate in;
  in.kind = Predicate::Kind::kIn;
  in.attribute = "cluster";
  in.values = {name};
  return in;
}

Predicate Not(Predicate predicate) {
  Predicate negated;
  negated.kind = Predicate::Kind::kNot;
  negated.parts.push_back(std::move(predicate));
  return negated;
}

TEST_P(FilteredRecall, IsAsWithoutAFilter) {
  Bucket unfiltered{.name = "unfiltered"};
  for (const auto& query : data_.queries) Ask(query, nullptr, &unfiltered);
  EXPECT_GE(unfiltered.recall(), 0.93);
  for (const double share : kShares) {
    // Ranges at one end, at the other, and in the middle.
    for (const char* attribute : {"chance", "along"}) {
      for (const double low : {0.0, (1 - share) / 2, 1 - share}) {
        const RowSet allowed = Match(Range(attribute, low, low + share));
        ASSERT_NEAR(static_cast<double>(allowed.count()),
                    share * static_cast<double>(kRows), 3);
        Bucket bucket{.name = absl::StrCat(attribute, "_", low, "_", share)};
        for (const auto& query : data_.queries) Ask(query, &allowed, &bucket);
        Finish(std::move(bucket));
      }
    }
  }
  // Only what lies around the query, or only what does not; and of that a part.
  Bucket own{.name = "own_cluster"};
  Bucket others{.name = "other_clusters"};
  Bucket part{.name = "a_tenth_of_other_clusters"};
  Bucket far{.name = "one_other_cluster"};
  for (const auto& query : data_.queries) {
    const size_t cluster = ClusterOf(query);
    const std::string name = absl::StrCat("c", cluster);
    const std::string other = absl::StrCat("c", (cluster + 7) % kClusters);
    const RowSet near = Match(Cluster(name));
    Ask(query, &near, &own);
    const RowSet rest = Match(Not(Cluster(name)));
    EXPECT_EQ(near.count() + rest.count(), kRows);
    Ask(query, &rest, &others);
    Predicate both;
    both.parts = {Not(Cluster(name)), Range("chance", 0, 0.1)};
    const RowSet tenth = Match(both);
    Ask(query, &tenth, &part);
    const RowSet away = Match(Cluster(other));
    Ask(query, &away, &far);
  }
  for (Bucket* bucket : {&own, &others, &part, &far}) Finish(*bucket);
  EXPECT_GE(Mean(), 0.95);
  // By measured times, which under a sanitizer speak for scans.
  if (!AKIN_SANITIZED) {
    EXPECT_GT(walked_, kQueries * 10);
  }
}

INSTANTIATE_TEST_SUITE_P(EachProfile, FilteredRecall,
                         testing::Values(Profile::kFast, Profile::kCompact),
                         [](const auto& info) {
                           return info.param == Profile::kFast
                                      ? std::string("Fast")
                                      : std::string("Compact");
                         });

}  // namespace
}  // namespace akin
