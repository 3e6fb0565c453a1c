#include "index/query/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "index/base/error_facts.h"
#include "index/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pointwise;
using ::testing::SizeIs;

class ResolveTest : public testing::Test {
 protected:
  absl::StatusOr<ResolvedQuery> Resolve(const Query& query,
                                        Metric metric = Metric::kDot) {
    version_ = RoyalVersion(1, metric);
    return ResolveQuery(*version_, **version_->FindTable("words"), query);
  }
  static auto Near(std::vector<float> expected) {
    return Pointwise(FloatNear(1e-6f), std::move(expected));
  }

  std::shared_ptr<const Version> version_;
};

TEST_F(ResolveTest, AMeanIsASumOverItsWeights) {
  Combination history;  // king (2, 2, 0), crown (3, 0, 0)
  history.plus = {{ItemRef{"", "king"}, 1}, {ItemRef{"", "crown"}, 3}};
  EXPECT_THAT(Resolve(history)->vector, Near({11, 2, 0}));
  history.method = CombinationMethod::kMean;
  EXPECT_THAT(Resolve(history)->vector, Near({2.75, 0.5, 0}));
  // Minus terms count with their weight, so that a mean is never turned around.
  history.minus = {{ItemRef{"", "man"}, 4}};  // (0, 2, 0)
  EXPECT_THAT(Resolve(history)->vector, Near({11.0f / 8, -6.0f / 8, 0}));
  EXPECT_THAT(Resolve(history, Metric::kL2)->vector,
              Near({11.0f / 8, -6.0f / 8, 0}));
}

TEST_F(ResolveTest, AMeanNeedsAWeight) {
  Combination nothing;
  nothing.plus = {{ItemRef{"", "king"}, 0}};
  EXPECT_THAT(Resolve(nothing), IsOk());  // a sum of length 0, under dot
  nothing.method = CombinationMethod::kMean;
  EXPECT_THAT(Resolve(nothing),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("all 0")));
}

TEST_F(ResolveTest, InputsAreLeftOutUnlessKept) {
  Combination sum;
  sum.plus = {{ItemRef{"", "king"}}, {ItemRef{"people", "king"}}};
  sum.minus = {{ItemRef{"words", "man"}}};
  EXPECT_THAT(Resolve(sum)->own_rows, ElementsAre(0, 2));
  sum.keep_inputs = true;
  EXPECT_THAT(Resolve(sum)->own_rows, IsEmpty());
}

TEST_F(ResolveTest, UnknownTermsAreSkippedWhenAsked) {
  Combination history;
  history.plus = {{ItemRef{"", "gone"}, 7},
                  {ItemRef{"", "king"}, 1},
                  {ItemRef{"people", "crown"}, 5}};
  history.minus = {{ItemRef{"", "lost"}, 2}};
  EXPECT_THAT(Resolve(history),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"gone\"")));
  history.skip_unknown = true;
  history.method = CombinationMethod::kMean;
  const auto resolved = Resolve(history);
  ASSERT_THAT(resolved, IsOk());
  EXPECT_THAT(resolved->vector, Near({2, 2, 0}));
  EXPECT_THAT(resolved->own_rows, ElementsAre(0));
  history.plus.erase(history.plus.begin() + 1);
  EXPECT_THAT(Resolve(history),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"gone\"")));
}

TEST_F(ResolveTest, SkippingForgivesNothingElse) {
  const auto run = [&](const Term& term) {
    Combination sum;
    sum.skip_unknown = true;
    sum.plus = {{ItemRef{"", "king"}}, term};
    return Resolve(sum);
  };
  EXPECT_THAT(run({ItemRef{"nowhere", "king"}}),
              IsStatus(StatusCode::kNotFound, HasSubstr("nowhere")));
  EXPECT_THAT(run({ItemRef{"", ""}}), IsStatus(StatusCode::kInvalidArgument));
  const std::string long_id(kMaxIdBytes + 1, 'x');
  EXPECT_THAT(run({ItemRef{"", long_id}}),
              IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(run({ItemRef{"", "gone"}, -1}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("weight")));
  const std::vector<float> wrong = {1};
  EXPECT_THAT(run({absl::MakeConstSpan(wrong)}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("dimensions")));
}

TEST_F(ResolveTest, AProductKeepsItsTerms) {
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = {{ItemRef{"", "crown"}, 1}, {ItemRef{"", "gone"}, 1}};
  product.minus = {{ItemRef{"", "man"}, 0.5}};
  product.skip_unknown = true;
  const auto resolved = Resolve(product, Metric::kCosine);
  ASSERT_THAT(resolved, IsOk());
  EXPECT_THAT(resolved->product.vectors, Near({1, 0, 0, 0, 1, 0}));
  EXPECT_THAT(resolved->product.weights, ElementsAre(1, 0.5));
  EXPECT_EQ(resolved->product.plus, 1u);
}

TEST_F(ResolveTest, AFusionHasParts) {
  Fusion fusion;
  Combination sum;
  sum.plus = {{ItemRef{"", "man"}}, {ItemRef{"", "woman"}}};
  fusion.parts = {{ItemRef{"", "king"}}, {sum}, {ItemRef{"people", "king"}}};
  const Query query = fusion;
  const auto resolved = Resolve(query);
  ASSERT_THAT(resolved, IsOk());
  EXPECT_EQ(resolved->fusion, &std::get<Fusion>(query));
  ASSERT_THAT(resolved->parts, SizeIs(3));
  EXPECT_THAT(resolved->parts[1].vector, Near({0, 2, 2}));
  EXPECT_EQ(resolved->parts[2].query_table, "people");
  EXPECT_THAT(resolved->own_rows, ElementsAre(0, 2, 3));
}

TEST_F(ResolveTest, SaysWhichPartIsWrong) {
  Fusion fusion;
  fusion.parts = {{ItemRef{"", "king"}}, {ItemRef{"", "King"}}};
  const auto resolved = Resolve(fusion);
  EXPECT_THAT(resolved, IsStatus(StatusCode::kNotFound,
                                 AllOf(HasSubstr("part 2 of the fusion: "),
                                       HasSubstr("\"King\""))));
  EXPECT_TRUE(FactsOf(resolved.status()).has_value());
  fusion.parts[1].query = Query();
  EXPECT_THAT(Resolve(fusion), IsStatus(StatusCode::kInvalidArgument,
                                        HasSubstr("part 2 of the fusion: ")));
}

TEST_F(ResolveTest, RefusesBadFusions) {
  const auto refuses = [&](const Fusion& fusion, const char* why) {
    EXPECT_THAT(Resolve(fusion),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr(why)));
  };
  const FusionPart king{ItemRef{"", "king"}};
  refuses(Fusion(), "parts of the fusion is 0, expected 1 to 100");
  refuses({.parts = std::vector<FusionPart>(101, king)}, "is 101");
  refuses({.parts = {king}, .depth = 10'001}, "depth");
  Combination sum;
  sum.plus.resize(10, {ItemRef{"", "king"}, 1.0f});
  Fusion large;
  large.parts.resize(100, {sum});
  EXPECT_THAT(Resolve(large), IsOk());
  std::get<Combination>(large.parts.back().query).minus = {sum.plus[0]};
  refuses(large, "terms of all parts of the fusion is 1001");
  for (const float bad : {0.5f, -60.0f, std::nanf(""), HUGE_VALF}) {
    refuses({.parts = {king}, .rank_constant = bad}, "rank_constant");
  }
  for (const float bad : {-1.0f, std::nanf(""), HUGE_VALF}) {
    refuses({.parts = {{ItemRef{"", "king"}, bad}}}, "part's weight");
  }
  refuses({.parts = {{Fusion{.parts = {king}}}}}, "a part of a fusion is");
  refuses({.parts = {{FirstOf{}}}}, "a part of a fusion is");
}

TEST_F(ResolveTest, OnlyOneVectorIsAVector) {
  version_ = RoyalVersion();
  const IndexedTable& words = **version_->FindTable("words");
  const auto run = [&](const Query& query) {
    return ResolveVector(*version_, words, query);
  };
  EXPECT_THAT(run(ItemRef{"", "king"}), IsOk());
  Combination sum;
  sum.plus = {{ItemRef{"", "king"}}};
  EXPECT_THAT(run(sum), IsOk());
  sum.method = CombinationMethod::kMul;
  EXPECT_THAT(run(sum), IsStatus(StatusCode::kInvalidArgument,
                                 HasSubstr("3CosMul has no vector")));
  EXPECT_THAT(run(Fusion{.parts = {{ItemRef{"", "king"}}}}),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("a fusion has no vector")));
  EXPECT_THAT(run(FirstOf{}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("ladder")));
}

TEST_F(ResolveTest, CaseIsFoldedIfAskedFor) {
  EXPECT_THAT(Resolve(ItemRef{"", "KING"}),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"KING\"")));
  const auto folded = Resolve(ItemRef{"", "KING", true});
  ASSERT_THAT(folded, IsOk());
  EXPECT_THAT(folded->vector, Near({2, 2, 0}));
  EXPECT_THAT(folded->own_rows, ElementsAre(0));
  EXPECT_THAT(Resolve(ItemRef{"people", "KING", true})->vector,
              Near({0, 1, 0}));
  EXPECT_THAT(Resolve(ItemRef{"", "KINK", true}),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"KINK\"")));
  EXPECT_THAT(Resolve(ItemRef{"", std::string(513, 'X'), true}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("513 bytes")));
}

TEST_F(ResolveTest, OnlyWhatIsUnknownWithoutCaseIsLeftOut) {
  Combination history;
  history.plus = {{ItemRef{"", "Crown", true}},
                  {ItemRef{"", "Crown"}},
                  {ItemRef{"", "Nobody", true}}};
  history.skip_unknown = true;
  EXPECT_THAT(Resolve(history)->vector, Near({3, 0, 0}));
}

}  // namespace
}  // namespace akin
