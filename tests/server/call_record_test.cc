#include "server/call_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
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
using ::testing::IsEmpty;
using ::testing::Not;

class CallRecordTest : public testing::Test {
 protected:
  CallStats stats_;
  std::vector<std::string> lines_;
  Log text_{{}, [this](LogLevel, const std::string& line) {
              lines_.push_back(line);
            }};
  AccessLog::Sink sink_ = [this](const AccessLine& line) {
    WriteTo(&text_, line);
  };
  AccessLog log_{1, sink_};
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
  EXPECT_EQ(stats_.of(Rpc::kBatchSearch).latency(Ending::kOk).count(), 1u);
  EXPECT_EQ(stats_.of(Rpc::kBatchSearch).queue_delay.count(), 1u);
  EXPECT_EQ(stats_.queries, 2u);
  EXPECT_EQ(stats_.distances, 42u);
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_THAT(lines_[0],
              AllOf(HasSubstr(" info call "
                              "rpc=BatchSearch status=OK model=glove "
                              "table=words version=7 queries=2 distances=42"),
                    HasSubstr("expected_us=120"), Not(HasSubstr("trace"))));
}

TEST_F(CallRecordTest, CountsTheDurationByHowTheCallEnded) {
  struct Case {
    absl::Status status;
    Ending ending;
  };
  std::array<uint64_t, kEndings> wanted{};
  for (const Case& c :
       {Case{absl::OkStatus(), Ending::kOk},
        Case{absl::ResourceExhaustedError(""), Ending::kRefused},
        Case{absl::UnavailableError(""), Ending::kRefused},
        Case{absl::CancelledError(""), Ending::kLate},
        Case{absl::DeadlineExceededError(""), Ending::kLate},
        Case{absl::NotFoundError(""), Ending::kError},
        Case{absl::InvalidArgumentError(""), Ending::kError},
        Case{absl::InternalError(""), Ending::kError}}) {
    CallRecord(Rpc::kSearch, DeadlineAfter(60), &stats_, &log_)
        .SetStatus(c.status);
    ++wanted[static_cast<size_t>(c.ending)];
    for (size_t i = 0; i < kEndings; ++i) {
      EXPECT_EQ(stats_.of(Rpc::kSearch).latencies[i].count(), wanted[i])
          << c.status << " in " << NameOf(static_cast<Ending>(i));
    }
  }
  // One that nobody has given a status, as after a fault of ours.
  CallRecord(Rpc::kScore, DeadlineAfter(60), &stats_, &log_);
  EXPECT_EQ(stats_.of(Rpc::kScore).latency(Ending::kError).count(), 1u);
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

TEST_F(CallRecordTest, ACallerCannotWriteLinesOfItsOwn) {
  AccessLine line;
  line.rpc = "Search";
  line.model = "a\nrpc=Forged status=OK";
  WriteTo(&text_, line);
  const std::string longest(5000, 'x');
  line.model = longest;
  line.trace.request_id = longest;
  WriteTo(&text_, line);
  ASSERT_EQ(lines_.size(), 2u);
  EXPECT_THAT(lines_[0], HasSubstr("model=\"a\\nrpc=Forged status=OK\" "));
  EXPECT_LT(lines_[1].size(), 500u);
}

TEST_F(CallRecordTest, TheServersFaultsGetALineWhateverTheShare) {
  AccessLog none(0, sink_);
  for (const StatusCode code :
       {StatusCode::kOk, StatusCode::kNotFound, StatusCode::kUnavailable,
        StatusCode::kResourceExhausted, StatusCode::kCancelled}) {
    CallRecord record(Rpc::kSearch, DeadlineAfter(60), &stats_, &none);
    record.SetStatus(absl::Status(code, "king"));
  }
  EXPECT_THAT(lines_, IsEmpty());
  for (const StatusCode code :
       {StatusCode::kInternal, StatusCode::kUnknown, StatusCode::kDataLoss}) {
    CallRecord record(Rpc::kSearch, DeadlineAfter(60), &stats_, &none);
    record.SetTarget("glove", std::string(100, 't'), 7);
    record.SetStatus(absl::Status(code, "king"));
  }
  ASSERT_EQ(lines_.size(), 3u);
  EXPECT_THAT(lines_[0],
              AllOf(HasSubstr(" error call failed rpc=Search "
                              "status=INTERNAL model=glove table=t"),
                    HasSubstr("t version=7 "), Not(HasSubstr("king"))));
  EXPECT_THAT(lines_[2], HasSubstr("status=DATA_LOSS"));
}

TEST_F(CallRecordTest, FailuresAreLimitedAndTheShareIsNot) {
  for (int i = 0; i < 1000; ++i) {
    CallRecord record(Rpc::kSearch, DeadlineAfter(60), &stats_, &log_);
    record.SetStatus(absl::OkStatus());
  }
  EXPECT_EQ(lines_.size(), 1000u);
  lines_.clear();
  const absl::Time noon = absl::FromUnixSeconds(1'000'000);
  Log::Options options;
  options.clock = [noon] { return noon; };
  Log stopped(options, [this](LogLevel, const std::string& line) {
    lines_.push_back(line);
  });
  AccessLog none(0, [&](const AccessLine& line) { WriteTo(&stopped, line); });
  for (int i = 0; i < 1000; ++i) {
    CallRecord record(Rpc::kSearch, DeadlineAfter(60), &stats_, &none);
    record.SetStatus(absl::InternalError("always"));
  }
  EXPECT_EQ(lines_.size(), 20u);
}

TEST_F(CallRecordTest, SlowCallsGetALineAndStreamsAreNeverSlow) {
  AccessLog slow(0, sink_, std::chrono::nanoseconds(1));
  for (const Rpc rpc :
       {Rpc::kStreamSearch, Rpc::kImportVersion, Rpc::kStreamSearchQuery}) {
    CallRecord record(rpc, DeadlineAfter(60), &stats_, &slow);
    record.SetStatus(absl::OkStatus());
    std::this_thread::sleep_for(milliseconds(1));
  }
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_THAT(lines_[0],
              HasSubstr(" warning slow call rpc=StreamSearch/query status=OK"));
}

TEST_F(CallRecordTest, AsksForTheCallerOnlyForALine) {
  class Counted final : public TraceSource {
   public:
    CallTrace Get() const override {
      ++asked;
      return {"mine", "00-trace"};
    }
    mutable int asked = 0;
  };
  Counted trace;
  AccessLog none(0, sink_);
  for (AccessLog* log : {&none, &log_}) {
    CallRecord record(Rpc::kSearch, DeadlineAfter(60), &stats_, log);
    record.set_trace(&trace);
    EXPECT_EQ(record.chosen(), log == &log_);
    record.SetStatus(absl::OkStatus());
  }
  EXPECT_EQ(trace.asked, 1);
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_THAT(lines_[0], HasSubstr("request_id=mine traceparent=00-trace"));
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

TEST(LatencyHistogram, ABucketHoldsWhatIsNoLongerThanItsEnd) {
  for (const int64_t ns : {1, 1000, 1001, 20'000, 3'000'000}) {
    LatencyHistogram histogram;
    histogram.Add(std::chrono::nanoseconds(ns));
    const double seconds = static_cast<double>(ns) * 1e-9;
    size_t holders = 0;
    for (size_t i = 0; i < LatencyHistogram::kBuckets; ++i) {
      if (histogram.InBucket(i) == 0) continue;
      ++holders;
      EXPECT_GE(LatencyHistogram::UpperEnd(i).count(), seconds * (1 - 1e-9));
      if (i > 0) {
        EXPECT_LT(LatencyHistogram::UpperEnd(i - 1).count(), seconds);
      }
    }
    EXPECT_EQ(holders, 1u) << ns;
  }
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
