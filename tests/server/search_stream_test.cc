// A stream driven without gRPC: by a port that ends what it is asked to begin
// on a thread of its own, as gRPC does.

#include "server/search_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/call_deadline.h"
#include "server/open_streams.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

// TSan does not see how the library counts the owners of a status.
absl::Status Copy(const absl::Status& status) {
  return absl::Status(status.code(), status.message());
}

// A caller with messages to send. `reads_answers` may be false: then no write
// ever ends until Lose().
class FakePort : public StreamPort {
 public:
  explicit FakePort(std::deque<v1::StreamSearchRequest> messages,
                    bool reads_answers = true, bool half_closes = true)
      : messages_(std::move(messages)),
        reads_answers_(reads_answers),
        half_closes_(half_closes),
        events_([this] { RunEvents(); }) {}
  ~FakePort() override {
    {
      MutexLock lock(&mutex_);
      ended_ = true;
      wake_.NotifyAll();
    }
    events_.join();
  }

  void set_stream(SearchStream* stream) { stream_ = stream; }

  void Read(v1::StreamSearchRequest* into) override {
    MutexLock lock(&mutex_);
    EXPECT_FALSE(finished_.has_value());
    EXPECT_FALSE(reading_);
    reading_ = true;
    into_ = into;
    TryRead();
  }
  void Write(const v1::StreamSearchResponse& response, bool /*more*/) override {
    MutexLock lock(&mutex_);
    EXPECT_FALSE(finished_.has_value());
    EXPECT_FALSE(writing_);
    writing_ = true;
    written_.push_back(response);
    if (lost_ || reads_answers_) EndWrite(!lost_);
  }
  void Finish(const absl::Status& status) override {
    MutexLock lock(&mutex_);
    EXPECT_FALSE(reading_);
    EXPECT_FALSE(writing_);
    EXPECT_FALSE(finished_.has_value()) << "finished twice";
    finished_ = Copy(status);
    wake_.NotifyAll();
  }

  // The connection goes away: what is under way fails.
  void Lose() {
    MutexLock lock(&mutex_);
    lost_ = true;
    if (reading_) EndRead(false);
    if (writing_) EndWrite(false);
    Post([this] { stream_->OnCancel(); });
  }
  void HalfClose() {
    MutexLock lock(&mutex_);
    half_closes_ = true;
    if (reading_) TryRead();
  }

  // gRPC says that a stream is done when it was finished and nothing that it
  // told the stream is still being handled.
  absl::Status WaitUntilFinished() {
    MutexLock lock(&mutex_);
    while (!finished_.has_value() || handling_ || !queue_.empty()) {
      wake_.Wait(&mutex_);
    }
    return Copy(*finished_);
  }
  size_t unread() {
    MutexLock lock(&mutex_);
    return messages_.size();
  }
  std::vector<v1::StreamSearchResponse> written() {
    MutexLock lock(&mutex_);
    return written_;
  }

 private:
  void Post(std::function<void()> event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    queue_.push_back(std::move(event));
    wake_.NotifyAll();
  }
  void TryRead() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (lost_) {
      EndRead(false);
    } else if (!messages_.empty()) {
      *into_ = std::move(messages_.front());
      messages_.pop_front();
      EndRead(true);
    } else if (half_closes_) {
      EndRead(false);
    }
  }
  void EndRead(bool ok) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(read_ends_, true)) return;
    Post([this, ok] {
      {
        MutexLock lock(&mutex_);
        reading_ = read_ends_ = false;
      }
      stream_->OnRead(ok);
    });
  }
  void EndWrite(bool ok) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(write_ends_, true)) return;
    Post([this, ok] {
      {
        MutexLock lock(&mutex_);
        writing_ = write_ends_ = false;
      }
      stream_->OnWritten(ok);
    });
  }
  void RunEvents() {
    for (;;) {
      std::function<void()> event;
      {
        MutexLock lock(&mutex_);
        while (queue_.empty() && !ended_) wake_.Wait(&mutex_);
        if (queue_.empty()) return;
        event = std::move(queue_.front());
        queue_.pop_front();
        handling_ = true;
      }
      event();
      MutexLock lock(&mutex_);
      handling_ = false;
      wake_.NotifyAll();
    }
  }

  Mutex mutex_;
  CondVar wake_;
  SearchStream* stream_ = nullptr;
  std::deque<v1::StreamSearchRequest> messages_ ABSL_GUARDED_BY(mutex_);
  const bool reads_answers_;
  bool half_closes_ ABSL_GUARDED_BY(mutex_);
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  // Its end is on its way to the stream.
  bool read_ends_ ABSL_GUARDED_BY(mutex_) = false;
  bool write_ends_ ABSL_GUARDED_BY(mutex_) = false;
  bool lost_ ABSL_GUARDED_BY(mutex_) = false;
  bool handling_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  v1::StreamSearchRequest* into_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::optional<absl::Status> finished_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::StreamSearchResponse> written_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  std::thread events_;  // last: it uses the others
};

class SearchStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(state_.catalog.Publish(RoyalVersion(1)), IsOk());
    // The same table, said to take 5 ms: its searches go to the workers.
    std::vector<std::unique_ptr<const IndexedTable>> tables;
    auto words = std::make_unique<IndexedTable>(
        MakeTable("words", Metric::kCosine, RoyalRows()));
    words->mutable_report()->exact_microseconds = 5000;
    tables.push_back(std::move(words));
    ASSERT_THAT(state_.catalog.Publish(
                    std::make_shared<Version>("slow", 1, std::move(tables))),
                IsOk());
    state_.phase = Phase::kServing;
  }
  void TearDown() override { EXPECT_EQ(state_.stats.in_flight, 0); }

  static Config Settings() {
    Config config;
    config.set_threads(2);
    config.set_max_queries_per_stream(8);
    config.set_max_queue_milliseconds(60'000);
    config.set_queue_target_milliseconds(60'000);
    return config;
  }
  // Tags from 1 on, alternating between models.
  static std::deque<v1::StreamSearchRequest> Messages(size_t count) {
    std::deque<v1::StreamSearchRequest> messages;
    for (size_t tag = 1; tag <= count; ++tag) {
      v1::StreamSearchRequest& message = messages.emplace_back();
      message.set_tag(tag);
      v1::SearchRequest* request = message.mutable_request();
      request->set_model(tag % 2 == 0 ? "royal" : "slow");
      request->set_table("words");
      request->mutable_query()->mutable_id()->set_id("king");
      request->mutable_options()->set_k(2);
    }
    return messages;
  }

  ServerState state_{Settings()};
};

TEST_F(SearchStreamTest, AnswersEveryQueryOnceUnderItsTag) {
  FakePort port(Messages(300));
  SearchStream stream(&state_, DeadlineAfter(60), &port);
  port.set_stream(&stream);
  stream.Start();
  EXPECT_THAT(port.WaitUntilFinished(), IsOk());
  std::set<uint64_t> tags;
  for (const v1::StreamSearchResponse& answer : port.written()) {
    tags.insert(answer.tag());
    ASSERT_TRUE(answer.has_response()) << answer.ShortDebugString();
    EXPECT_EQ(answer.response().hits(0).id(), "man");
  }
  EXPECT_EQ(tags.size(), 300u);
  EXPECT_EQ(port.written().size(), 300u);
  EXPECT_EQ(state_.stats.of(Rpc::kStreamSearchQuery).Count(StatusCode::kOk),
            300u);
}

TEST_F(SearchStreamTest, AnErrorIsTheAnswerToItsQueryAlone) {
  auto messages = Messages(3);
  messages[1].mutable_request()->set_table("nowhere");
  FakePort port(std::move(messages));
  SearchStream stream(&state_, DeadlineAfter(60), &port);
  port.set_stream(&stream);
  stream.Start();
  EXPECT_THAT(port.WaitUntilFinished(), IsOk());
  int errors = 0;
  for (const v1::StreamSearchResponse& answer : port.written()) {
    EXPECT_EQ(answer.has_error(), answer.tag() == 2);
    errors += answer.has_error() ? 1 : 0;
  }
  EXPECT_EQ(errors, 1);
}

// A caller that may use royal only.
class RoyalAccess final : public ModelAccess {
 public:
  absl::Status Admit(std::optional<absl::string_view> model) override {
    if (model == "royal") return absl::OkStatus();
    return absl::PermissionDeniedError("royal only");
  }
  absl::Status WithoutOthers(const absl::Status& status) const override {
    if (!absl::IsNotFound(status)) return Copy(status);
    return absl::NotFoundError("not there");
  }
};

TEST_F(SearchStreamTest, EachQueryIsAdmittedOrNot) {
  auto messages = Messages(40);
  messages[1].mutable_request()->set_table("nowhere");
  RoyalAccess access;
  FakePort port(std::move(messages));
  SearchStream stream(&state_, DeadlineAfter(60), &port, &access);
  port.set_stream(&stream);
  stream.Start();
  EXPECT_THAT(port.WaitUntilFinished(), IsOk());
  ASSERT_EQ(port.written().size(), 40u);
  for (const v1::StreamSearchResponse& answer : port.written()) {
    if (answer.tag() == 2) {
      EXPECT_EQ(answer.error().message(), "not there");
    } else if (answer.tag() % 2 == 0) {
      EXPECT_TRUE(answer.has_response());
    } else {
      EXPECT_EQ(answer.error().message(), "royal only");
    }
  }
}

TEST_F(SearchStreamTest, ReadsNoFurtherThanMayBeUnanswered) {
  FakePort port(Messages(100), /*reads_answers=*/false);
  SearchStream stream(&state_, DeadlineAfter(60), &port);
  port.set_stream(&stream);
  stream.Start();
  while (port.unread() > 92) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(port.unread(), 92u);
  EXPECT_EQ(port.written().size(), 1u);
  port.Lose();
  EXPECT_THAT(port.WaitUntilFinished(), IsStatus(StatusCode::kCancelled));
  EXPECT_EQ(port.unread(), 92u);
}

TEST_F(SearchStreamTest, EndsWhenTheConnectionIsLostAtAnyMoment) {
  for (int i = 0; i < 60; ++i) {
    FakePort port(Messages(40));
    SearchStream stream(&state_, DeadlineAfter(60), &port);
    port.set_stream(&stream);
    stream.Start();
    std::this_thread::sleep_for(std::chrono::microseconds(i * 20));
    port.Lose();
    port.WaitUntilFinished().IgnoreError();
  }
}

TEST_F(SearchStreamTest, SaysOnceThatTheServerDrainsAndGoesOn) {
  OpenStreams streams;
  FakePort port(Messages(20), true, /*half_closes=*/false);
  SearchStream stream(&state_, DeadlineAfter(60), &port);
  port.set_stream(&stream);
  stream.Start();
  streams.Add(&stream);
  streams.Drain();
  streams.Drain();
  while (port.written().size() < 21) std::this_thread::yield();
  port.HalfClose();
  EXPECT_THAT(port.WaitUntilFinished(), IsOk());
  streams.Remove(&stream);
  int notices = 0;
  for (const v1::StreamSearchResponse& answer : port.written()) {
    notices += answer.has_drain() ? 1 : 0;
  }
  EXPECT_EQ(notices, 1);
  EXPECT_EQ(port.written().size(), 21u);

  // One that comes later is told at once.
  FakePort late_port({}, true, /*half_closes=*/false);
  SearchStream late(&state_, DeadlineAfter(60), &late_port);
  late_port.set_stream(&late);
  late.Start();
  streams.Add(&late);
  while (late_port.written().empty()) std::this_thread::yield();
  EXPECT_TRUE(late_port.written()[0].has_drain());
  late_port.HalfClose();
  EXPECT_THAT(late_port.WaitUntilFinished(), IsOk());
  streams.Remove(&late);
}

TEST_F(SearchStreamTest, ManyStreamsShareTheWorkers) {
  std::vector<std::thread> callers;
  callers.reserve(4);
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([this] {
      FakePort port(Messages(100));
      SearchStream stream(&state_, DeadlineAfter(60), &port);
      port.set_stream(&stream);
      stream.Start();
      EXPECT_THAT(port.WaitUntilFinished(), IsOk());
      EXPECT_EQ(port.written().size(), 100u);
    });
  }
  for (std::thread& caller : callers) caller.join();
}

}  // namespace
}  // namespace akin::server
