// Calls that go on with what others have begun, are lost, or make room.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "index/version/repository.h"
#include "server/spool_file.h"
#include "tests/server/import_stream_fixture.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ImportTakeoverTest : public ImportStreamTest {
 protected:
  using ImportStreamTest::ImportStreamTest;

  static auto GoesOnElsewhere() {
    return IsStatus(StatusCode::kAborted,
                    "another call goes on with import i of model m");
  }
  static absl::Status Complete(Call* call, uint64_t from) {
    call->port->Send(Chunk(from, std::string(kWords).substr(from)));
    call->port->Send(FinishMessage());
    return call->port->WaitUntilFinished();
  }
};

TEST_F(ImportTakeoverTest, ALostConnectionKeepsWhatCame) {
  {
    Call call = Start({Begin(), Chunk(0, "king")}, /*half_closes=*/false);
    WaitUntilWritten("i", 4);
    call.port->Lose();
    // A read that fails comes before the news of why.
    EXPECT_FALSE(call.port->WaitUntilFinished().ok());
  }
  Call call = Hold(Begin());
  EXPECT_EQ(OffsetOf(call), 4u);
  call.port->Send(Chunk(4, std::string(kWords).substr(4)));
  call.port->Send(FinishMessage());
  EXPECT_THAT(call.port->WaitUntilFinished(), IsOk());
  EXPECT_TRUE(fs::exists(repository_ + "/m/1"));
}

TEST_F(ImportTakeoverTest, ALostConnectionDoesNotEndTheBuild) {
  Call call = Start({Begin(), Chunk(0, kWords), FinishMessage()});
  call.port->Lose();
  // Whether it was at its build by then or not, and whether it still is now:
  // the same import goes on, and is one version.
  const absl::Status lost = call.port->WaitUntilFinished();
  EXPECT_FALSE(absl::IsInternal(lost)) << lost;
  call = {};
  for (absl::Status status = absl::AbortedError(""); !status.ok();) {
    Call again = Start({Begin()}, /*half_closes=*/false);
    again.port->WaitUntil([](const auto& written) { return !written.empty(); });
    if (HasOffsets(again.port->written())) {
      const uint64_t there = OffsetOf(again);
      if (there < sizeof(kWords) - 1) {
        again.port->Send(Chunk(there, std::string(kWords).substr(there)));
      }
      again.port->Send(FinishMessage());
    }
    status = again.port->WaitUntilFinished();
    EXPECT_TRUE(status.ok() || absl::IsAborted(status)) << status;
    if (status.ok()) {
      EXPECT_EQ(again.port->written().back().done().version(), 1);
    }
  }
  EXPECT_FALSE(fs::exists(repository_ + "/m/2"));
}

TEST_F(ImportTakeoverTest, WhoComesLaterGoesOn) {
  Call silent = Start({Begin(), Chunk(0, "king")}, /*half_closes=*/false);
  WaitUntilWritten("i", 4);
  // Its connection is lost, and nobody has noticed.
  Call call = Hold(Begin());
  EXPECT_EQ(OffsetOf(call), 4u);
  EXPECT_THAT(silent.port->WaitUntilFinished(), GoesOnElsewhere());
  EXPECT_THAT(Complete(&call, 4), IsOk());
  EXPECT_TRUE(fs::exists(repository_ + "/m/1"));
}

TEST_F(ImportTakeoverTest, WhatComesAfterwardsIsForNobody) {
  Call silent = Hold(Begin());
  silent.port->SendTooLate(Chunk(0, "xxxx"));
  Call call = Hold(Begin());
  EXPECT_THAT(silent.port->WaitUntilFinished(), GoesOnElsewhere());
  EXPECT_EQ(OffsetOf(call), 0u);
  EXPECT_THAT(Complete(&call, 0), IsOk());
}

TEST_F(ImportTakeoverTest, OtherSettingsAreAnotherImport) {
  Call call = Hold(Begin());
  v1::ImportVersionRequest other = Begin();
  other.mutable_begin()->mutable_tables(0)->set_metric(v1::METRIC_DOT);
  EXPECT_THAT(
      Send({other}),
      IsStatus(StatusCode::kAborted,
               HasSubstr("another call is sending import i of model m")));
  EXPECT_THAT(Complete(&call, 0), IsOk());
}

TEST_F(ImportTakeoverTest, AnotherProcessIsNotAskedToYield) {
  fs::create_directory(repository_ + "/m");
  const auto held = TakeSpoolFolder(SpoolOf("i"), absl::ZeroDuration());
  ASSERT_THAT(held, IsOk());
  EXPECT_THAT(Send({Begin()}), IsStatus(StatusCode::kAborted,
                                        HasSubstr("another call is sending")));
}

TEST_F(ImportTakeoverTest, OfManyOneGoesOn) {
  for (int round = 0; round < 10; ++round) {
    const v1::ImportVersionRequest begin = Begin(absl::StrCat("i", round));
    std::vector<Call> calls;
    for (int i = 0; i < 6; ++i) {
      calls.push_back(Start({begin, Chunk(0, "k")}, /*half_closes=*/false));
    }
    for (Call& call : calls) call.port->WaitUntil(HasOffsets);  // or its end
    Call last = Hold(begin);
    for (Call& call : calls) {
      // The part is wrong where another has written it before.
      const absl::Status status = call.port->WaitUntilFinished();
      EXPECT_TRUE(absl::IsAborted(status) || absl::IsInvalidArgument(status))
          << status;
    }
    EXPECT_THAT(Complete(&last, OffsetOf(last)), IsOk());
  }
}

TEST_F(ImportTakeoverTest, WhoComesLaterWatchesTheBuild) {
  fs::create_directory(repository_ + "/m");
  auto held = LockModel(repository_, "m");
  ASSERT_THAT(held, IsOk());
  Call before = Start({Begin(), Chunk(0, kWords), FinishMessage()},
                      /*half_closes=*/false);
  before.port->WaitUntil(HasProgress);
  // The build waits for the lock.
  Call call = Hold(Begin());
  EXPECT_EQ(OffsetOf(call), sizeof(kWords) - 1);
  EXPECT_THAT(before.port->WaitUntilFinished(), GoesOnElsewhere());
  *held = FileLock();
  EXPECT_THAT(call.port->WaitUntilFinished(), IsOk());
  EXPECT_EQ(call.port->written().back().done().version(), 1);
  EXPECT_FALSE(fs::exists(repository_ + "/m/2"));
}

TEST_F(ImportTakeoverTest, ADrainEndsItSoon) {
  Call call = Start({Begin(), Chunk(0, "king")}, /*half_closes=*/false);
  WaitUntilWritten("i", 4);
  call.stream->Drain();
  EXPECT_THAT(call.port->WaitUntilFinished(),
              IsStatus(StatusCode::kUnavailable, HasSubstr("going away")));
  Call again = Hold(Begin());
  EXPECT_EQ(OffsetOf(again), 4u);
  again.port->Lose();
  again.port->WaitUntilFinished().IgnoreError();
}

TEST_F(ImportTakeoverTest, FourAtOnce) {
  std::vector<Call> calls;
  for (size_t i = 0; i < Imports::kMost; ++i) {
    calls.push_back(Start({Begin(absl::StrCat("i", i))},
                          /*half_closes=*/false));
    calls.back().port->WaitUntil(HasOffsets);
  }
  EXPECT_THAT(Send({Begin("one-more")}),
              IsStatus(StatusCode::kResourceExhausted,
                       HasSubstr("4 imports are under way")));
  for (Call& call : calls) {
    call.port->Lose();
    call.port->WaitUntilFinished().IgnoreError();
  }
  calls.clear();
  EXPECT_THAT(Send({Begin("one-more"), Chunk(0, kWords), FinishMessage()}),
              IsOk());
}

class ImportSilenceTest : public ImportTakeoverTest {
 protected:
  ImportSilenceTest() : ImportTakeoverTest(absl::ZeroDuration()) {}
};

TEST_F(ImportSilenceTest, TheMostSilentGivesItsPlace) {
  std::vector<Call> calls;
  for (size_t i = 0; i < Imports::kMost; ++i) {
    calls.push_back(Hold(Begin(absl::StrCat("i", i))));
  }
  calls[0].port->Send(Chunk(0, "king"));
  WaitUntilWritten("i0", 4);
  // Its turn to wait comes when the part is written.
  ImportSender& first = *calls[0].stream;
  while (first.silent_since() == ImportSender::Clock::time_point::max()) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  Call more = Hold(Begin("one-more"));
  EXPECT_THAT(
      calls[1].port->WaitUntilFinished(),
      IsStatus(StatusCode::kUnavailable,
               AllOf(HasSubstr("import i1 of model m has not been heard of"),
                     HasSubstr("goes on where it was"))));
  // As it does, in the place of the next.
  calls[1] = Hold(Begin("i1"));
  EXPECT_THAT(calls[2].port->WaitUntilFinished(),
              IsStatus(StatusCode::kUnavailable, HasSubstr("import i2 ")));
  for (Call* call : {&calls[1], &calls[3], &more}) {
    EXPECT_THAT(Complete(call, 0), IsOk());
  }
  EXPECT_THAT(Complete(&calls[0], 4), IsOk());
}

TEST_F(ImportSilenceTest, WhatIsBuiltKeepsItsPlace) {
  fs::create_directory(repository_ + "/m");
  auto held = LockModel(repository_, "m");
  ASSERT_THAT(held, IsOk());
  std::vector<Call> calls;
  for (size_t i = 0; i < Imports::kMost; ++i) {
    calls.push_back(Start(
        {Begin(absl::StrCat("i", i)), Chunk(0, kWords), FinishMessage()}));
    calls.back().port->WaitUntil(HasProgress);
  }
  EXPECT_THAT(Send({Begin("one-more")}),
              IsStatus(StatusCode::kResourceExhausted,
                       HasSubstr("4 imports are under way")));
  *held = FileLock();
  for (Call& call : calls) {
    EXPECT_THAT(call.port->WaitUntilFinished(), IsOk());
  }
}

}  // namespace
}  // namespace akin::server
