#include "server/recall/recall_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace akin::server {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const TableKey kWords{"glove", 3, "words"};
const TableKey kOthers{"glove", 4, "words"};

class RecallBookTest : public testing::Test {
 protected:
  void Add(const TableKey& table, int count, const MeasuredRecall& measured) {
    for (int i = 0; i < count; ++i) book_.Add(table, measured);
  }
  TableRecall Table(const TableKey& key) const {
    for (const TableRecall& table : book_.Tables()) {
      if (table.version == key.version) return table;
    }
    return {};
  }

  std::vector<std::string> lines_;
  std::vector<std::string> errors_;
  RecallBook book_{{.recall = 0.95, .least = 1, .most = 2},
                   [this](const std::string& line, bool is_error) {
                     (is_error ? errors_ : lines_).push_back(line);
                   }};
};

TEST_F(RecallBookTest, KeepsKindsOfQueriesApart) {
  Add(kWords, 2, {.recall = 0.9, .k = 10});
  Add(kWords, 3,
      {.recall = 0.5, .k = 4, .filter_share = FilterShare::kTo1Percent});
  Add(kWords, 4, {.recall = 0.2, .k = 10, .own_target = true});
  Add(kOthers, 5, {.recall = 1, .k = 10});
  const TableRecall table = Table(kWords);
  EXPECT_EQ(table.model, "glove");
  EXPECT_EQ(table.table, "words");
  ASSERT_EQ(table.estimates.size(), 3u);
  EXPECT_EQ(table.estimates[0].samples, 2u);
  EXPECT_NEAR(table.estimates[0].recall, 0.9, 1e-6);
  EXPECT_EQ(table.estimates[1].filter_share, FilterShare::kTo1Percent);
  EXPECT_EQ(table.estimates[1].samples, 3u);
  EXPECT_EQ(table.estimates[1].mean_k, 4);
  EXPECT_TRUE(table.estimates[2].own_target);
  EXPECT_EQ(table.estimates[2].samples, 4u);
  EXPECT_EQ(Table(kOthers).estimates[0].samples, 5u);
}

TEST_F(RecallBookTest, RaisesTheEffortOfOneTableAndSaysSo) {
  Add(kWords, 30, {.recall = 0.5, .k = 10});
  EXPECT_EQ(book_.EffortFactor("glove", 3, "words"), 1.5f);
  EXPECT_EQ(book_.EffortFactor("glove", 4, "words"), 1);
  EXPECT_EQ(Table(kWords).effort_factor, 1.5);
  EXPECT_TRUE(Table(kWords).estimates.empty()) << "that was another effort";
  EXPECT_THAT(lines_,
              ElementsAre(AllOf(
                  HasSubstr("recall of glove/words version 3 is 0.5000, "),
                  HasSubstr(" in 30 queries, below the target of 0.95: effort "
                            "is multiplied by 1.5 from now on"))));
}

TEST_F(RecallBookTest, WhatWasAnsweredWithAnotherEffortCountsForNothing) {
  Add(kWords, 30, {.recall = 0.5, .k = 10});
  Add(kWords, 100, {.recall = 0.5, .k = 10, .effort_factor = 1});
  EXPECT_TRUE(Table(kWords).estimates.empty());
  EXPECT_EQ(Table(kWords).effort_factor, 1.5);
}

TEST_F(RecallBookTest, QueriesWithATargetOfTheirOwnChangeNothing) {
  Add(kWords, 1000, {.recall = 0, .k = 10, .own_target = true});
  EXPECT_EQ(book_.EffortFactor("glove", 3, "words"), 1);
  EXPECT_TRUE(lines_.empty());
}

TEST_F(RecallBookTest, AMissedTargetIsAnErrorOnceAndEnds) {
  Add(kWords, 30, {.recall = 0.5, .k = 10});
  Add(kWords, 30, {.recall = 0.5, .k = 10, .effort_factor = 1.5f});
  Add(kWords, 300, {.recall = 0.5, .k = 10, .effort_factor = 2});
  EXPECT_TRUE(Table(kWords).below_target);
  EXPECT_FALSE(Table(kWords).estimates.empty());
  EXPECT_THAT(errors_, ElementsAre(HasSubstr(
                           ", below the target of 0.95, and effort may not be "
                           "multiplied by more than 2: the target is missed")));
  lines_.clear();
  Add(kWords, 1000, {.recall = 1, .k = 10, .effort_factor = 2});
  EXPECT_FALSE(Table(kWords).below_target);
  ASSERT_FALSE(lines_.empty());
  EXPECT_THAT(lines_[0], HasSubstr(": the target of 0.95 is held again"));
  EXPECT_EQ(errors_.size(), 1u);
}

TEST_F(RecallBookTest, ForgetsWhatIsNotServed) {
  Add(kWords, 30, {.recall = 0.5, .k = 10});
  Add(kOthers, 1, {.recall = 0.5, .k = 10});
  book_.KeepOnly([](const std::string& model, int64_t version) {
    return model == "glove" && version == 4;
  });
  EXPECT_EQ(book_.EffortFactor("glove", 3, "words"), 1);
  ASSERT_EQ(book_.Tables().size(), 1u);
  EXPECT_EQ(book_.Tables()[0].version, 4);
}

}  // namespace
}  // namespace akin::server
