#include "index/search/code_bounds.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "index/search/row_scores.h"
#include "tests/support/hard_rows.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

constexpr uint32_t kRows = 400;

std::vector<float> Query(const Table& table, absl::Span<const float> values) {
  std::vector<float> query(values.begin(), values.end());
  if (table.metric() == Metric::kCosine) Normalise(absl::MakeSpan(query));
  return query;
}

// Holds every row of a table against the bounds of a query.
class Check {
 public:
  Check(const Table& table, const Codes& codes, Scored scored)
      : table_(table), codes_(codes), scores_(&table, &codes, scored) {}

  // True when the bounds could be used.
  bool Query(absl::Span<const float> query) {
    CodeBounds bounds;
    if (!bounds.Prepare(codes_, query, scores_.scored())) return false;
    CodeTerms terms;
    terms.Prepare(codes_, scores_.scored());
    products_.resize(kRows);
    ActiveCodeKernels().dot_rows(bounds.values(), codes_.data(),
                                 codes_.stride(), kRows, products_.data());
    std::vector<float> scores(kRows);
    for (uint32_t row = 0; row < kRows; ++row) {
      scores[row] = scores_.Score(query.data(), row, &decoded_);
      const ScoreRange range = bounds.Range(row, products_[row]);
      EXPECT_LE(range.lower, scores[row]) << "row " << row;
      EXPECT_GE(range.upper, scores[row]) << "row " << row;
      widest_ = std::max(widest_, range.upper - range.lower);
    }
    for (uint32_t row = 0; row < kRows; row += 7) {
      CheckTest(bounds, terms.OfRange(0, kRows), scores, scores[row]);
    }
    CheckTest(bounds, terms.OfRange(0, kRows), scores, kNoThreshold);
    return true;
  }

  float widest() const { return widest_; }

 private:
  // Whatever reaches the threshold must pass.
  void CheckTest(const CodeBounds& bounds, const RowTerms& terms,
                 const std::vector<float>& scores, float threshold) {
    std::vector<uint32_t> passed(kRows);
    passed.resize(ActivePassKernels().rows(
        products_.data(), terms.errors, terms.shifts, kRows,
        bounds.TestFor(threshold), passed.data()));
    size_t next = 0;
    for (uint32_t row = 0; row < kRows; ++row) {
      const bool in = next < passed.size() && passed[next] == row;
      next += in ? 1 : 0;
      EXPECT_TRUE(in || scores[row] < threshold)
          << "row " << row << " scores " << scores[row] << ", asked for "
          << threshold;
    }
  }

  const Table& table_;
  const Codes& codes_;
  const RowScores scores_;
  AlignedBuffer<float> decoded_;
  std::vector<int32_t> products_;
  float widest_ = 0;
};

class CodeBoundsTest : public testing::TestWithParam<Metric> {
 protected:
  static Codes Encode(const Table& table) {
    WorkerPool pool(1);
    auto codes = Codes::Encode(table, &pool);
    EXPECT_THAT(codes, IsOk());
    return *std::move(codes);
  }
};

TEST_P(CodeBoundsTest, HoldOnHardData) {
  size_t used = 0;
  for (const std::string& kind : HardKinds()) {
    for (const size_t dimension : {1, 2, 5, 16, 31, 50, 129, 300}) {
      // Odd ones have everything that a sanitizer could find: full and part
      // lanes.
      if (AKIN_SANITIZED && dimension % 2 == 0) continue;
      const Table table =
          MakeTable("t", GetParam(), HardRows(kind, kRows, dimension, 3));
      const Codes codes = Encode(table);
      const Rows others = HardRows(kind, 4, dimension, 77);
      for (const Scored scored : {Scored::kVectors, Scored::kDecoded}) {
        Check check(table, codes, scored);
        SCOPED_TRACE(kind + " dimension " + std::to_string(dimension));
        for (const auto& [id, values] : others) {
          used += check.Query(Query(table, values)) ? 1 : 0;
        }
        for (uint32_t row = 0; row < kRows; row += 150) {
          used += check.Query(table.SearchVector(row)) ? 1 : 0;
        }
        if (HasFailure()) return;
      }
    }
  }
  EXPECT_GT(used, AKIN_SANITIZED ? 250u : 500u);
}

TEST_P(CodeBoundsTest, HoldForQueriesUnlikeTheRows) {
  const Table table = MakeTable("t", GetParam(), RandomRows(kRows, 24, 5));
  const Codes codes = Encode(table);
  Check check(table, codes, Scored::kVectors);
  for (const float scale : {1e-6f, 1e-3f, 1e3f, 1e6f}) {
    std::vector<float> query = RandomRows(1, 24, 6)[0].second;
    for (float& x : query) x = x * x * x * scale;
    EXPECT_TRUE(check.Query(Query(table, query)));
  }
  std::vector<float> one(24);
  one[3] = 1;
  EXPECT_TRUE(check.Query(one));
}

TEST_P(CodeBoundsTest, AreNarrowOnPlainData) {
  const Table table = MakeTable("t", GetParam(), RandomRows(kRows, 64, 8));
  const Codes codes = Encode(table);
  const std::vector<float> query = Query(table, RandomRows(1, 64, 9)[0].second);
  Check vectors(table, codes, Scored::kVectors);
  EXPECT_TRUE(vectors.Query(query));
  // Scores spread over some 0.5 (cosine), 30 (dot) and 100 (l2).
  const float wide = GetParam() == Metric::kCosine ? 0.05f : 4.0f;
  EXPECT_LT(vectors.widest(), wide);
  Check decoded(table, codes, Scored::kDecoded);
  EXPECT_TRUE(decoded.Query(query));
  EXPECT_LT(decoded.widest(), wide / 20);
}

TEST_P(CodeBoundsTest, AreNotUsedWhereFloatsTellNothing) {
  if (GetParam() == Metric::kCosine) return;  // lengths are 1 there
  for (const float scale : {1e-25f, 3e18f}) {
    Rows rows = RandomRows(kRows, 3, 10);
    for (auto& [id, values] : rows) {
      for (float& x : values) x *= scale / 4;
    }
    const Table table = MakeTable("t", GetParam(), rows);
    const Codes codes = Encode(table);
    CodeBounds bounds;
    EXPECT_FALSE(
        bounds.Prepare(codes, table.SearchVector(0), Scored::kVectors));
  }
}

TEST_P(CodeBoundsTest, TermsOfAListAreThoseOfItsRows) {
  const Table table = MakeTable("t", GetParam(), RandomRows(kRows, 20, 11));
  const Codes codes = Encode(table);
  for (const Scored scored : {Scored::kVectors, Scored::kDecoded}) {
    CodeTerms ranged;
    CodeTerms listed;
    ranged.Prepare(codes, scored);
    listed.Prepare(codes, scored);
    const std::vector<uint32_t> rows = {7, 3, 399, 3};
    const RowTerms all = ranged.OfRange(0, kRows);
    const RowTerms some = listed.OfList(rows);
    for (size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(some.errors[i], all.errors[rows[i]]);
      EXPECT_EQ(some.shifts[i], all.shifts[rows[i]]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachMetric, CodeBoundsTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

}  // namespace
}  // namespace akin
