#include "server/convert_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "index/base/limits.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

TEST(OptionsFromWire, AbsentIsNotZero) {
  v1::SearchOptions wire;
  Predicate filter;
  wire.set_k(7);
  auto options = OptionsFromWire(wire, &filter);
  ASSERT_THAT(options, IsOk());
  EXPECT_EQ(options->k, 7u);
  EXPECT_FALSE(options->min_score.has_value());
  EXPECT_EQ(options->target_recall, kDefaultTargetRecall);
  wire.set_min_score(0);
  options = OptionsFromWire(wire, &filter);
  EXPECT_EQ(options->min_score, 0.0f);
  // What is out of range is refused by the library, not replaced.
  for (const float recall : {0.0f, 0.99f, 7.0f}) {
    wire.set_target_recall(recall);
    EXPECT_EQ(OptionsFromWire(wire, &filter)->target_recall, recall);
  }
  for (int i = 0; i < 100'001; ++i) wire.add_exclude_ids("x");
  EXPECT_THAT(OptionsFromWire(wire, &filter),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("exclude_ids")));
}

TEST(OptionsFromWire, TakesDiversityGroupsAndWhatWasSeen) {
  v1::SearchOptions wire;
  Predicate filter;
  auto options = OptionsFromWire(wire, &filter);
  ASSERT_THAT(options, IsOk());
  EXPECT_FALSE(options->diversity || options->group_by);
  EXPECT_FALSE(options->exclude_from.has_value());
  EXPECT_EQ(options->filter, nullptr);
  wire.mutable_diversity()->set_pool(50);
  wire.mutable_group_by()->set_attribute("genre");
  wire.mutable_exclude_from()->set_attribute("seen");
  wire.mutable_exclude_from()->mutable_item()->set_table("users");
  wire.mutable_exclude_from()->mutable_item()->set_id("u1");
  wire.set_return_attributes(true);
  options = OptionsFromWire(wire, &filter);
  ASSERT_THAT(options, IsOk());
  EXPECT_EQ(options->diversity->lambda, 0.5f);
  EXPECT_EQ(options->diversity->pool, 50u);
  EXPECT_EQ(options->group_by->attribute, "genre");
  EXPECT_EQ(options->group_by->most, 1u);
  EXPECT_EQ(options->exclude_from->table, "users");
  EXPECT_EQ(options->exclude_from->id, "u1");
  EXPECT_EQ(options->exclude_from->attribute, "seen");
  EXPECT_TRUE(options->return_attributes);
  wire.mutable_diversity()->set_lambda(0);
  wire.mutable_group_by()->set_most(3);
  options = OptionsFromWire(wire, &filter);
  EXPECT_EQ(options->diversity->lambda, 0);
  EXPECT_EQ(options->group_by->most, 3u);
}

TEST(PredicateFromWire, KeepsKindsValuesAndBounds) {
  v1::Predicate wire;
  v1::Predicate& in = *wire.mutable_all()->add_predicates();
  in.mutable_in()->set_attribute("genre");
  in.mutable_in()->add_values()->set_string_value("War");
  in.mutable_in()->add_values()->set_int_value(3);
  v1::Predicate& range = *wire.mutable_all()->add_predicates();
  range.mutable_range()->set_attribute("added");
  google::protobuf::Timestamp& low =
      *range.mutable_range()->mutable_low()->mutable_timestamp_value();
  low.set_seconds(2);
  low.set_nanos(5'000);
  range.mutable_range()->set_high_excluded(true);
  v1::Predicate& prefix = *wire.mutable_all()->add_predicates()->mutable_not_();
  prefix.mutable_prefix()->set_attribute("title");
  prefix.mutable_prefix()->set_prefix("The ");
  wire.mutable_all()
      ->add_predicates()
      ->mutable_any()
      ->add_predicates()
      ->mutable_exists()
      ->set_attribute("year");

  const auto read = PredicateFromWire(wire);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->kind, Predicate::Kind::kAll);
  ASSERT_EQ(read->parts.size(), 4u);
  EXPECT_EQ(read->parts[0].kind, Predicate::Kind::kIn);
  EXPECT_EQ(read->parts[0].attribute, "genre");
  EXPECT_EQ(std::get<absl::string_view>(read->parts[0].values.at(0)), "War");
  EXPECT_EQ(std::get<int64_t>(read->parts[0].values.at(1)), 3);
  EXPECT_EQ(read->parts[1].kind, Predicate::Kind::kRange);
  EXPECT_EQ(std::get<int64_t>(*read->parts[1].low), 2'000'005);
  EXPECT_FALSE(read->parts[1].high.has_value());
  EXPECT_FALSE(read->parts[1].low_open);
  EXPECT_TRUE(read->parts[1].high_open);
  EXPECT_EQ(read->parts[2].kind, Predicate::Kind::kNot);
  EXPECT_EQ(read->parts[2].parts.at(0).kind, Predicate::Kind::kPrefix);
  EXPECT_EQ(read->parts[3].kind, Predicate::Kind::kAny);
  EXPECT_EQ(read->parts[3].parts.at(0).kind, Predicate::Kind::kExists);
}

TEST(PredicateFromWire, RefusesWhatIsEmptyOrOutOfRange) {
  EXPECT_THAT(PredicateFromWire({}),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("a predicate of the filter is empty")));
  v1::Predicate wire;
  wire.mutable_in()->set_attribute("year");
  wire.mutable_in()->add_values();
  EXPECT_THAT(PredicateFromWire(wire),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("attribute year is empty, expected a bool")));
  wire.mutable_in()->set_attribute(std::string(1'000'000, 'x'));
  EXPECT_LT(PredicateFromWire(wire).status().message().size(), 1000u);
  auto& time = *wire.mutable_in()->mutable_values(0)->mutable_timestamp_value();
  for (const int64_t seconds :
       {int64_t{253'402'300'800}, int64_t{-62'135'596'801}}) {
    time.set_seconds(seconds);
    EXPECT_THAT(PredicateFromWire(wire),
                IsStatus(StatusCode::kInvalidArgument,
                         HasSubstr("expected one of the years 1 to 9999")));
  }
  time.set_seconds(0);
  time.set_nanos(-1);
  EXPECT_FALSE(PredicateFromWire(wire).ok());
}

TEST(PredicateFromWire, HasNoMoreNorDeeperThanTheCaps) {
  v1::Predicate deep;
  v1::Predicate* at = &deep;
  for (size_t i = 1; i < kMaxPredicateDepth; ++i) at = at->mutable_not_();
  at->mutable_exists()->set_attribute("a");
  EXPECT_THAT(PredicateFromWire(deep), IsOk());
  v1::Predicate deeper;
  *deeper.mutable_not_() = deep;
  EXPECT_THAT(PredicateFromWire(deeper),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("deep")));
  v1::Predicate wide;
  for (size_t i = 0; i < kMaxPredicates; ++i) {
    wide.mutable_any()->add_predicates()->mutable_exists();
  }
  EXPECT_THAT(PredicateFromWire(wide),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("more than 1000 predicates")));
  v1::Predicate many;
  for (size_t i = 0; i <= kMaxPredicateValues; ++i) {
    many.mutable_in()->add_values()->set_int_value(1);
  }
  EXPECT_THAT(PredicateFromWire(many),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("more than 100000 values")));
}

}  // namespace
}  // namespace akin::server
