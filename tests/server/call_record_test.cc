#include "server/call_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "server/call_deadline.h"
#include "server/overload.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CallRecordTest : public testing::Test {
 protected:
  CallStats stats_;
  std::vector<std::string> lines_;
  AccessLog log_{1,
                 [this](const std::string& line) { lines_.push_back(line); }};
};

TEST_F(CallRecordTest, CountsTheCallByRpcAndCode) {
  {
    CallRecord record(Rpc::kBatchSearch, DeadlineAfter(60), &stats_, &log_);
    EXPECT_EQ(stats_.in_flight, 1);
    record.SetTarget("glove", "words", 7);
    record.SetExpected(120);
    record.LeftQueue();
    record.AddSearch({.distances = 40});
    record.AddSearch({.distances = 2});
    record.SetStatus(absl::OkStatus());
  }
  EXPECT_EQ(stats_.in_flight, 0);
  EXPECT_EQ(stats_.of(Rpc::kBatchSearch).Count(StatusCode::kOk), 1u);
  EXPECT_EQ(stats_.of(Rpc::kSearch).Count(StatusCode::kOk), 0u);
  EXPECT_EQ(stats_.of(Rpc::kBatchSearch).latency.count(), 1u);
  EXPECT_EQ(stats_.of(Rpc::kBatchSearch).queue_delay.count(), 1u);
  EXPECT_EQ(stats_.queries, 2u);
  EXPECT_EQ(stats_.distances, 42u);
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_THAT(lines_[0],
              AllOf(HasSubstr("rpc=BatchSearch status=OK model=glove "
                              "table=words version=7 queries=2 distances=42"),
                    HasSubstr("expected_us=120"), Not(HasSubstr("trace"))));
}

TEST_F(CallRecordTest, SaysHowLongWorkWentOnForNobody) {
  {
    CallRecord record(Rpc::kSearch, DeadlineAfter(60), &stats_, &log_);
    record.BeginWork();
    record.Cancel();
    EXPECT_TRUE(record.stop().Cancelled());
    std::this_thread::sleep_for(milliseconds(3));
    record.SetStatus(absl::CancelledError(""));
  }
  EXPECT_EQ(stats_.stopped, 1u);
  EXPECT_EQ(stats_.not_begun, 0u);
  EXPECT_GE(stats_.longest_stop_ns, 3'000'000u);
  {
    CallRecord record(Rpc::kSearch, DeadlineAfter(0), &stats_, &log_);
    record.SetStatus(absl::DeadlineExceededError(""));
  }
  EXPECT_EQ(stats_.stopped, 1u);
  EXPECT_EQ(stats_.not_begun, 1u);
}

TEST_F(CallRecordTest, AStreamsEndEndsItsQueries) {
  CallRecord stream(Rpc::kStreamSearch, DeadlineAfter(60), &stats_, &log_);
  CallRecord query(Rpc::kStreamSearchQuery, DeadlineAfter(60), &stats_, &log_,
                   &stream.stop());
  EXPECT_FALSE(query.stop().Stopped());
  stream.Cancel();
  EXPECT_TRUE(query.stop().Stopped());
  EXPECT_TRUE(query.stop().StoppedAt().has_value());
}

TEST_F(CallRecordTest, CountsRefusals) {
  CallRecord record(Rpc::kSearch, DeadlineAfter(60), &stats_, &log_);
  record.SetStatus(OverloadedError(milliseconds(20)));
  EXPECT_EQ(stats_.overloaded, 1u);
}

TEST(AccessLog, TakesItsShare) {
  for (const auto& [share, lines] :
       {std::pair{0.0, 0}, {0.1, 100}, {0.25, 250}, {1.0, 1000}}) {
    AccessLog log(share, nullptr);
    int chosen = 0;
    for (int i = 0; i < 1000; ++i) chosen += log.Choose() ? 1 : 0;
    EXPECT_EQ(chosen, lines) << share;
  }
}

TEST(AccessLog, ACallerCannotWriteLinesOfItsOwn) {
  AccessLine line;
  line.rpc = "Search";
  line.model = "a\nrpc=Forged status=OK";
  line.traceparent = "00-abc-def-01";
  const std::string text = Format(line);
  EXPECT_THAT(text, AllOf(HasSubstr("model=a?rpc?Forged?status?OK"),
                          HasSubstr("traceparent=00-abc-def-01")));
  line.model = std::string(5000, 'x');
  EXPECT_LT(Format(line).size(), 400u);
}

TEST(LatencyHistogram, PercentilesAreWithinAQuarter) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.Percentile(0.99).count(), 0);
  for (int us = 1; us <= 1000; ++us) {
    histogram.Add(std::chrono::microseconds(us));
  }
  EXPECT_EQ(histogram.count(), 1000u);
  EXPECT_EQ(histogram.total(), std::chrono::microseconds(500'500));
  for (const double share : {0.1, 0.5, 0.99}) {
    const double us =
        std::chrono::duration<double, std::micro>(histogram.Percentile(share))
            .count();
    EXPECT_GE(us, 1000 * share * 0.999);
    EXPECT_LE(us, 1000 * share * 1.26);
  }
  histogram.Add(std::chrono::hours(100));
  histogram.Add(std::chrono::nanoseconds(-5));
  EXPECT_EQ(histogram.count(), 1002u);
}

TEST(DeadlineOf, IsTheCallersButNoLaterThanTheServers) {
  using Clock = StopSignal::Clock;
  const auto now = std::chrono::system_clock::now();
  const auto left = [](Clock::time_point deadline) {
    return std::chrono::duration<double>(deadline - Clock::now()).count();
  };
  EXPECT_NEAR(left(DeadlineOf(now + std::chrono::seconds(5), 60)), 5, 1);
  EXPECT_NEAR(left(DeadlineOf(now + std::chrono::hours(5), 60)), 60, 1);
  EXPECT_NEAR(
      left(DeadlineOf(std::chrono::system_clock::time_point::max(), 60)), 60,
      1);
  EXPECT_LT(left(DeadlineOf(now - std::chrono::seconds(5), 60)), 0);
}

}  // namespace
}  // namespace akin::server
