// An import from its first message to its version.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "index/version/sealed_version.h"
#include "tests/server/import_stream_fixture.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ImportStreamTest, FilesBecomeAVersion) {
  Call call = Start({Begin(), Chunk(0, std::string(kWords).substr(0, 5)),
                     Chunk(5, std::string(kWords).substr(5)), FinishMessage()});
  ASSERT_THAT(call.port->WaitUntilFinished(), IsOk());
  const auto written = call.port->written();
  ASSERT_GE(written.size(), 2u);
  ASSERT_TRUE(written.front().has_offsets());
  EXPECT_EQ(written.front().offsets().offsets(0).file_bytes(), 0u);
  ASSERT_TRUE(written.back().has_done());
  EXPECT_EQ(written.back().done().model(), "m");
  EXPECT_EQ(written.back().done().version(), 1);
  const auto manifest = ReadManifest(repository_ + "/m/1");
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(manifest->tables.at(0).rows, 3u);
  EXPECT_EQ(manifest->tables.at(0).sources.at(0).name, "words.txt");
  EXPECT_EQ(manifest->tables.at(0).report.source, "words.txt");
  EXPECT_EQ(state_.stats.of(Rpc::kImportVersion).Count(StatusCode::kOk), 0u)
      << "the call is over when its stream is gone";
  call = {};
  // The thread that builds may be about to let go of it.
  while (state_.stats.of(Rpc::kImportVersion).Count(StatusCode::kOk) == 0) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(state_.stats.of(Rpc::kImportVersion).Count(StatusCode::kOk), 1u);
  // The same again has its answer at once.
  Call again = Start({Begin()}, /*half_closes=*/false);
  ASSERT_THAT(again.port->WaitUntilFinished(), IsOk());
  ASSERT_EQ(again.port->written().size(), 1u);
  EXPECT_EQ(again.port->written()[0].done().version(), 1);
}

TEST_F(ImportStreamTest, AreCountedWhileTheyAreUnderWay) {
  const auto wait_for = [&](uint64_t imports) {
    while (state_.stats.imports != imports) {
      absl::SleepFor(absl::Milliseconds(1));
    }
  };
  EXPECT_EQ(state_.stats.imports, 0u);
  Call first = Hold(Begin("a"));
  EXPECT_EQ(state_.stats.imports, 1u);
  Call second = Hold(Begin("b"));
  EXPECT_EQ(state_.stats.imports, 2u);
  first.port->Lose();
  first.port->WaitUntilFinished().IgnoreError();
  first = {};
  wait_for(1);
  second.port->Lose();
  second.port->WaitUntilFinished().IgnoreError();
  second = {};
  wait_for(0);
}

TEST_F(ImportStreamTest, RefusesMessagesOutOfOrder) {
  const auto refused = [](const std::string& sentence) {
    return IsStatus(StatusCode::kInvalidArgument, HasSubstr(sentence));
  };
  EXPECT_THAT(Send({}), refused("ended before finish"));
  EXPECT_THAT(Send({Chunk(0, "x")}), refused("is not begin"));
  EXPECT_THAT(Send({FinishMessage()}), refused("is not begin"));
  EXPECT_THAT(Send({v1::ImportVersionRequest()}), refused("is not begin"));
  EXPECT_THAT(Send({Begin(), Begin()}), refused("a second time"));
  EXPECT_THAT(Send({Begin(), v1::ImportVersionRequest()}),
              refused("neither chunk, rows nor finish"));
  EXPECT_THAT(Send({Begin(), FinishMessage()}), refused("lacks 33 of 33"));
  EXPECT_THAT(Send({Begin(), Chunk(1, "x")}), refused("expected 0"));
  EXPECT_THAT(Send({Begin()}), refused("ended before finish"));
  v1::ImportVersionRequest begin = Begin();
  begin.mutable_begin()->mutable_tables(0)->set_metric(
      static_cast<v1::Metric>(9));
  EXPECT_THAT(Send({begin}), refused("table words has metric 9"));
  begin = Begin();
  begin.mutable_begin()->mutable_tables(0)->set_index(v1::INDEX_KIND_EXACT);
  begin.mutable_begin()->mutable_tables(0)->set_profile(v1::PROFILE_COMPACT);
  EXPECT_THAT(Send({begin}), refused("PROFILE_COMPACT"));
  begin = Begin();
  begin.mutable_begin()->set_golden_queries("no json");
  EXPECT_THAT(Send({begin}), refused("golden queries:1"));
  begin.mutable_begin()->set_golden_queries(
      R"({"table": "other", "id": "king", "expect": ["queen"]})");
  EXPECT_THAT(Send({begin}),
              refused("expected one of the tables words, found other"));
  begin.mutable_begin()->set_golden_queries("# none yet\n");
  EXPECT_THAT(Send({begin}),
              refused("expected at least one golden query, found none"));
}

TEST_F(ImportStreamTest, NeedsARepository) {
  Imports none{{.repository = ""}};
  FakePort port({Begin()});
  auto stream = std::make_shared<ImportStream>(&state_, &none,
                                               DeadlineAfter(1000), &port);
  port.set_stream(stream);
  stream->Start();
  EXPECT_THAT(port.WaitUntilFinished(),
              IsStatus(StatusCode::kFailedPrecondition,
                       "this server has no repository; start it with "
                       "--repository"));
}

TEST_F(ImportStreamTest, BadFilesAreRefusedAndRemoved) {
  const std::string bad = "king 1 2\nqueen 1 x\n";
  EXPECT_THAT(
      Send({Begin("i", bad), Chunk(0, bad), FinishMessage()}),
      IsStatus(StatusCode::kInvalidArgument,
               AllOf(HasSubstr("table m/words: words.txt: 1 bad row: line 2"),
                     Not(HasSubstr(repository_)))));
  EXPECT_FALSE(fs::exists(repository_ + "/m/.import-i"));
  EXPECT_FALSE(fs::exists(repository_ + "/m/1"));
}

TEST_F(ImportStreamTest, FilesThatFailTheirGoldenQueriesAreRemoved) {
  v1::ImportVersionRequest begin = Begin();
  begin.mutable_begin()->set_golden_queries(
      R"({"table": "words", "id": "king", "expect": ["crown"]})");
  EXPECT_THAT(Send({begin, Chunk(0, kWords), FinishMessage()}),
              IsStatus(StatusCode::kFailedPrecondition, HasSubstr("crown")));
  EXPECT_FALSE(fs::exists(SpoolOf("i")));
  EXPECT_FALSE(fs::exists(repository_ + "/m/1"));
}

TEST_F(ImportStreamTest, WhatIsNotTheFilesFaultKeepsThem) {
  v1::ImportVersionRequest begin = Begin();
  begin.mutable_begin()->set_version(7);
  Call call = Hold(begin);
  // Somebody else has sealed it meanwhile.
  fs::create_directory(repository_ + "/m/7");
  call.port->Send(Chunk(0, kWords));
  call.port->Send(FinishMessage());
  EXPECT_THAT(call.port->WaitUntilFinished(),
              IsStatus(StatusCode::kAlreadyExists, HasSubstr("version 7")));
  // As another version nothing need be sent again.
  EXPECT_THAT(Send({Begin(), FinishMessage()}), IsOk());
  EXPECT_TRUE(fs::exists(repository_ + "/m/8"));
}

TEST_F(ImportStreamTest, ManyAtOnceAreBuiltOneAfterTheOther) {
  std::vector<Call> calls;
  for (size_t i = 0; i < Imports::kMost; ++i) {
    calls.push_back(Start(
        {Begin(absl::StrCat("i", i)), Chunk(0, kWords), FinishMessage()}));
  }
  for (Call& call : calls) {
    EXPECT_THAT(call.port->WaitUntilFinished(), IsOk());
  }
  for (size_t i = 1; i <= Imports::kMost; ++i) {
    EXPECT_TRUE(fs::exists(absl::StrCat(repository_, "/m/", i)));
  }
}

}  // namespace
}  // namespace akin::server
