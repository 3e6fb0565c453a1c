// Imports driven without gRPC, by a port that ends what it is asked to begin on
// a thread of its own, as gRPC does. The builds are real, and small.

#ifndef AKIN_TESTS_SERVER_IMPORT_STREAM_FIXTURE_H_
#define AKIN_TESTS_SERVER_IMPORT_STREAM_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/call_deadline.h"
#include "server/import_stream.h"
#include "tests/support/temp_dir.h"

namespace akin::server {

inline constexpr char kWords[] = "king 2 2 0\nqueen 2 0 2\nman 0 2 0\n";

// A caller with messages to send.
class FakePort : public ImportPort {
 public:
  explicit FakePort(std::deque<v1::ImportVersionRequest> messages,
                    bool half_closes = true)
      : messages_(std::move(messages)),
        half_closes_(half_closes),
        events_([this] { RunEvents(); }) {}
  ~FakePort() override {
    // As gRPC: it is there as long as the stream may use it.
    if (stream_ != nullptr && !finished()) {
      Lose();
      (void)WaitUntilFinished();
    }
    {
      MutexLock lock(&mutex_);
      ended_ = true;
      wake_.NotifyAll();
    }
    events_.join();
  }

  void set_stream(std::shared_ptr<ImportStream> stream) {
    stream_ = std::move(stream);
  }

  void Read(v1::ImportVersionRequest* into) override {
    MutexLock lock(&mutex_);
    EXPECT_FALSE(finished_.has_value());
    EXPECT_FALSE(std::exchange(reading_, true));
    into_ = into;
    TryRead();
  }
  void Write(const v1::ImportVersionResponse& response) override {
    MutexLock lock(&mutex_);
    EXPECT_FALSE(finished_.has_value());
    EXPECT_FALSE(std::exchange(writing_, true));
    written_.push_back(response);
    wake_.NotifyAll();
    Post([this] {
      {
        MutexLock lock(&mutex_);
        writing_ = false;
      }
      stream_->OnWritten(true);
    });
  }
  // As gRPC: a read that is under way ends then.
  void Finish(const absl::Status& status) override {
    MutexLock lock(&mutex_);
    EXPECT_FALSE(writing_);
    EXPECT_FALSE(finished_.has_value()) << "finished twice";
    finished_ = absl::Status(status.code(), status.message());
    if (reading_) TryRead();
    wake_.NotifyAll();
  }

  void Send(v1::ImportVersionRequest message) {
    MutexLock lock(&mutex_);
    messages_.push_back(std::move(message));
    if (reading_) TryRead();
  }
  // Comes when the call has been finished.
  void SendTooLate(v1::ImportVersionRequest message) {
    MutexLock lock(&mutex_);
    late_ = std::move(message);
  }
  void Lose() {
    MutexLock lock(&mutex_);
    lost_ = true;
    if (reading_) TryRead();
    Post([this] { stream_->OnCancel(); });
  }

  absl::Status WaitUntilFinished() {
    MutexLock lock(&mutex_);
    while (!finished_.has_value() || handling_ || !queue_.empty()) {
      wake_.Wait(&mutex_);
    }
    return {finished_->code(), finished_->message()};
  }
  // Until `done` holds of all that was written.
  void WaitUntil(
      const std::function<bool(const std::vector<v1::ImportVersionResponse>&)>&
          done) {
    MutexLock lock(&mutex_);
    while (!done(written_) && !finished_.has_value()) wake_.Wait(&mutex_);
  }
  bool finished() {
    MutexLock lock(&mutex_);
    return finished_.has_value();
  }
  std::vector<v1::ImportVersionResponse> written() {
    MutexLock lock(&mutex_);
    return written_;
  }

 private:
  void Post(std::function<void()> event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    queue_.push_back(std::move(event));
    wake_.NotifyAll();
  }
  void TryRead() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (read_ends_) return;
    bool ok = false;
    if (finished_.has_value()) {
      ok = late_.has_value();
      if (ok) *into_ = *std::exchange(late_, std::nullopt);
    } else if (!lost_ && !messages_.empty()) {
      *into_ = std::move(messages_.front());
      messages_.pop_front();
      ok = true;
    } else if (!lost_ && !half_closes_) {
      return;
    }
    read_ends_ = true;
    Post([this, ok] {
      {
        MutexLock lock(&mutex_);
        reading_ = read_ends_ = false;
      }
      stream_->OnRead(ok);
    });
  }
  void RunEvents() {
    while (true) {
      std::function<void()> event;
      {
        MutexLock lock(&mutex_);
        handling_ = false;
        wake_.NotifyAll();
        while (queue_.empty() && !ended_) wake_.Wait(&mutex_);
        if (queue_.empty()) return;
        event = std::move(queue_.front());
        queue_.pop_front();
        handling_ = true;
      }
      event();
    }
  }

  Mutex mutex_;
  CondVar wake_;
  std::deque<v1::ImportVersionRequest> messages_ ABSL_GUARDED_BY(mutex_);
  std::optional<v1::ImportVersionRequest> late_ ABSL_GUARDED_BY(mutex_);
  bool half_closes_ ABSL_GUARDED_BY(mutex_);
  bool lost_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool read_ends_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool handling_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  v1::ImportVersionRequest* into_ = nullptr;
  std::vector<v1::ImportVersionResponse> written_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> finished_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<ImportStream> stream_;
  std::thread events_;  // last
};

inline v1::ImportVersionRequest Begin(const std::string& id = "i",
                                      const std::string& words = kWords) {
  v1::ImportVersionRequest request;
  request.mutable_begin()->set_model("m");
  request.mutable_begin()->set_import_id(id);
  v1::ImportTable* table = request.mutable_begin()->add_tables();
  table->set_name("words");
  table->set_file_name("words.txt");
  table->set_file_bytes(words.size());
  return request;
}
inline v1::ImportVersionRequest Chunk(uint64_t offset,
                                      const std::string& data) {
  v1::ImportVersionRequest request;
  request.mutable_chunk()->set_table("words");
  request.mutable_chunk()->set_offset(offset);
  request.mutable_chunk()->set_data(data);
  return request;
}
inline v1::ImportVersionRequest FinishMessage() {
  v1::ImportVersionRequest request;
  request.mutable_finish();
  return request;
}

class ImportStreamTest : public testing::Test {
 protected:
  explicit ImportStreamTest(absl::Duration most_silence = Imports::kMostSilence)
      : imports_({.repository = repository_}, most_silence,
                 &state_.stats.imports) {
    std::filesystem::create_directory(repository_);
  }

  struct Call {
    std::unique_ptr<FakePort> port;
    std::shared_ptr<ImportStream> stream;
  };
  Call Start(std::deque<v1::ImportVersionRequest> messages,
             bool half_closes = true) {
    Call call;
    call.port = std::make_unique<FakePort>(std::move(messages), half_closes);
    call.stream = std::make_shared<ImportStream>(
        &state_, &imports_, DeadlineAfter(1000), call.port.get());
    call.port->set_stream(call.stream);
    call.stream->Start();
    return call;
  }
  absl::Status Send(std::deque<v1::ImportVersionRequest> messages) {
    return Start(std::move(messages)).port->WaitUntilFinished();
  }
  // A call that has begun, and sends no more by itself.
  Call Hold(const v1::ImportVersionRequest& begin) {
    Call call = Start({begin}, /*half_closes=*/false);
    call.port->WaitUntil(HasOffsets);
    return call;
  }
  // As it was told last.
  static uint64_t OffsetOf(const Call& call) {
    uint64_t offset = 0;
    for (const v1::ImportVersionResponse& response : call.port->written()) {
      if (!response.has_offsets()) continue;
      offset = response.offsets().offsets(0).file_bytes();
    }
    return offset;
  }
  std::string SpoolOf(const std::string& id) const {
    return repository_ + "/m/.import-" + id;
  }
  // Until `bytes` of the words are written, if not yet on the disk.
  void WaitUntilWritten(const std::string& id, uint64_t bytes) const {
    const std::string file = SpoolOf(id) + "/words.vectors";
    while (!std::filesystem::exists(file) ||
           std::filesystem::file_size(file) < bytes) {
      absl::SleepFor(absl::Milliseconds(1));
    }
  }
  static bool HasOffsets(
      const std::vector<v1::ImportVersionResponse>& written) {
    return std::any_of(
        written.begin(), written.end(),
        [](const auto& response) { return response.has_offsets(); });
  }
  static bool HasProgress(
      const std::vector<v1::ImportVersionResponse>& written) {
    return std::any_of(
        written.begin(), written.end(),
        [](const auto& response) { return response.has_progress(); });
  }

  TempDir dir_;
  const std::string repository_ = dir_.Path("repo");
  ServerState state_{[] {
    Config config;
    config.set_threads(2);
    return config;
  }()};
  Imports imports_;
};

}  // namespace akin::server

#endif  // AKIN_TESTS_SERVER_IMPORT_STREAM_FIXTURE_H_
