#include "server/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "index/base/mutex.h"

namespace akin::server {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LogTest : public testing::Test {
 protected:
  std::unique_ptr<Log> Make(LogLevel least, bool json = false) {
    Log::Options options;
    options.least = least;
    options.json = json;
    options.rate = {.per_second = 1, .burst = 2};
    options.clock = [this] { return now_; };
    return std::make_unique<Log>(options,
                                 [this](LogLevel, const std::string& line) {
                                   MutexLock lock(&mutex_);
                                   lines_.push_back(line);
                                 });
  }

  absl::Time now_ = absl::FromUnixSeconds(1'000'000);
  Mutex mutex_;
  std::vector<std::string> lines_;
};

TEST_F(LogTest, WritesWhatIsOfItsLevel) {
  const auto log = Make(LogLevel::kWarning);
  log->Debug("one");
  log->Info("two");
  log->Warning("three", {{"key", 3}});
  log->Error("four");
  log->WriteEach(LogLevel::kInfo, "five", {});
  EXPECT_THAT(lines_, ElementsAre(EndsWith(" warning three key=3"),
                                  EndsWith(" error four")));
  EXPECT_FALSE(log->Wants(LogLevel::kInfo));
  EXPECT_TRUE(log->Wants(LogLevel::kError));
}

TEST_F(LogTest, DebugIsForWhoAsksForIt) {
  const auto log = Make(LogLevel::kDebug);
  log->Debug("one");
  EXPECT_THAT(lines_, ElementsAre(EndsWith(" debug one")));
}

TEST_F(LogTest, WritesJson) {
  const auto log = Make(LogLevel::kInfo, /*json=*/true);
  log->Info("bound", {{"address", "[::]:1"}});
  ASSERT_EQ(lines_.size(), 1u);
  const auto line = nlohmann::json::parse(lines_[0]);
  EXPECT_EQ(line["time"], "1970-01-12T13:46:40.000000Z");
  EXPECT_EQ(line["message"], "bound");
  EXPECT_EQ(line["address"], "[::]:1");
}

TEST_F(LogTest, SaysHowManyLinesItLeftOutBeforeTheNext) {
  const auto log = Make(LogLevel::kInfo);
  for (int i = 0; i < 5; ++i) log->Error("the disk fails", {{"i", i}});
  EXPECT_THAT(lines_, ElementsAre(EndsWith("i=0"), EndsWith("i=1")));
  now_ += absl::Seconds(1);
  log->Error("the disk fails", {{"i", 5}});
  ASSERT_EQ(lines_.size(), 4u);
  EXPECT_THAT(lines_[2],
              EndsWith("lines were left out event=\"the disk fails\" lines=3"));
  EXPECT_THAT(lines_[3], EndsWith("i=5"));
}

TEST_F(LogTest, SaysWhatItLeftOutOfAnEventThatIsOver) {
  {
    const auto log = Make(LogLevel::kInfo);
    for (int i = 0; i < 3; ++i) log->Info("once");
    log->SayLeftOut();
    EXPECT_EQ(lines_.size(), 2u);
    now_ += absl::Seconds(2);
    log->SayLeftOut();
    ASSERT_EQ(lines_.size(), 3u);
    EXPECT_THAT(lines_[2], HasSubstr("event=once lines=1"));
    for (int i = 0; i < 4; ++i) log->Info("twice");
    EXPECT_EQ(lines_.size(), 5u);
  }
  ASSERT_EQ(lines_.size(), 6u);  // the log's end
  EXPECT_THAT(lines_[5], HasSubstr("event=twice lines=2"));
}

TEST_F(LogTest, WhatIsNotOfItsLevelTakesNothingFromTheLimit) {
  const auto log = Make(LogLevel::kError);
  for (int i = 0; i < 10; ++i) log->Info("same words");
  EXPECT_THAT(lines_, IsEmpty());
  log->Error("same words");
  EXPECT_EQ(lines_.size(), 1u);
}

TEST_F(LogTest, WhatHasItsOwnShareIsNotLimited) {
  const auto log = Make(LogLevel::kInfo);
  for (int i = 0; i < 100; ++i) log->WriteEach(LogLevel::kInfo, "call", {});
  EXPECT_EQ(lines_.size(), 100u);
}

TEST_F(LogTest, ManyThreadsMayWrite) {
  auto log = Make(LogLevel::kInfo);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        log->Info("limited");
        log->WriteEach(LogLevel::kInfo, "each", {{"i", i}});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  log.reset();
  // 200 of each, 2 of the limited ones, and the line that says so.
  EXPECT_EQ(lines_.size(), 203u);
  EXPECT_THAT(lines_.back(), HasSubstr("event=limited lines=198"));
}

}  // namespace
}  // namespace akin::server
