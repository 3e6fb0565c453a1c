// Sending against calls that answer as they are told.

#include "client/cpp/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A server's end of an import that keeps one table, over all calls. Each call
// may be made to break when that has grown to so many bytes and rows.
struct FakeImport {
  std::string kept;
  std::string attributes;
  std::vector<std::string> rows;       // their ids
  std::vector<uint64_t> offsets_sent;  // of all chunks
  std::deque<uint64_t> break_at;       // of the calls, one after the other
  std::deque<absl::Status> ends;       // how broken calls end
  int refused_call = 0;                // whose begin is ABORTED; from 1
  int calls = 0;
};

class FakeCall : public ImportCall {
 public:
  explicit FakeCall(FakeImport* import) : import_(*import) {
    refused_ = ++import_.calls == import_.refused_call;
    if (!refused_ && !import_.break_at.empty()) {
      break_at_ = import_.break_at.front();
      import_.break_at.pop_front();
    }
  }

  bool Write(const v1::ImportVersionRequest& request) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return false;
    if (refused_) {
      End(absl::AbortedError("another call is sending import i"));
    } else if (request.has_begin()) {
      Answer(
          [&](auto* r) { *r->mutable_offsets() = Offsets(request.begin()); });
    } else if (request.has_rows()) {
      EXPECT_EQ(request.rows().table(), "users");
      EXPECT_EQ(request.rows().offset(), import_.rows.size());
      import_.rows.insert(import_.rows.end(), request.rows().ids().begin(),
                          request.rows().ids().end());
    } else if (request.has_chunk() &&
               request.chunk().file() == v1::IMPORT_FILE_ATTRIBUTES) {
      EXPECT_EQ(request.chunk().offset(), import_.attributes.size());
      import_.attributes += request.chunk().data();
    } else if (request.has_chunk()) {
      EXPECT_EQ(request.chunk().file(), v1::IMPORT_FILE_VECTORS);
      import_.offsets_sent.push_back(request.chunk().offset());
      EXPECT_EQ(request.chunk().offset(), import_.kept.size());
      import_.kept += request.chunk().data();
    } else {
      Answer([](auto* r) { r->mutable_progress()->set_stage("building"); });
      Answer([](auto* r) { r->mutable_done()->set_version(5); });
      End(absl::OkStatus());
    }
    if (break_at_ &&
        import_.kept.size() + import_.attributes.size() + import_.rows.size() >=
            *break_at_) {
      absl::Status end = absl::UnavailableError("Socket closed");
      if (!import_.ends.empty()) {
        end = import_.ends.front();
        import_.ends.pop_front();
      }
      End(end);
    }
    return true;
  }
  bool Read(v1::ImportVersionResponse* response) override {
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait(lock, [this] { return !answers_.empty() || ended_; });
    if (answers_.empty()) return false;
    *response = answers_.front();
    answers_.pop_front();
    return true;
  }
  void Cancel() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!ended_) End(absl::CancelledError("cancelled"));
  }
  absl::Status Finish() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return end_;
  }

 private:
  v1::ImportOffsets Offsets(const v1::ImportBegin& begin) const {
    v1::ImportOffsets offsets;
    v1::ImportOffset* offset = offsets.add_offsets();
    offset->set_table(begin.tables(0).name());
    offset->set_file_bytes(import_.kept.size());
    offset->set_attributes_bytes(import_.attributes.size());
    offset->set_rows(import_.rows.size());
    return offsets;
  }
  template <class Fill>
  void Answer(const Fill& fill) {
    fill(&answers_.emplace_back());
    wake_.notify_all();
  }
  void End(const absl::Status& status) {
    ended_ = true;
    end_ = status;
    wake_.notify_all();
  }

  FakeImport& import_;
  bool refused_ = false;
  std::optional<uint64_t> break_at_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<v1::ImportVersionResponse> answers_;
  bool ended_ = false;
  absl::Status end_;
};

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() {
    for (int i = 0; i < 100; ++i) content_ += std::to_string(i) + " 1 2\n";
    folder_.Write("words.txt", content_);
    files_["words"] = {path_, ""};
    begin_.set_model("m");
    begin_.set_import_id("i");
    begin_.add_tables()->set_name("words");
    EXPECT_TRUE(DescribeFiles(files_, &begin_).ok());
    options_.chunk_bytes = 100;
    options_.first_pause = absl::Milliseconds(1);
    options_.attempts = 3;
  }

  absl::StatusOr<v1::ImportDone> Import() {
    return ImportVersion([this] { return std::make_unique<FakeCall>(&fake_); },
                         begin_, files_, options_);
  }

  // Table users in the place of the file: `count` rows, three at a time.
  void UseRows(uint64_t count, bool announced) {
    begin_.clear_tables();
    begin_.add_tables()->set_name("users");
    begin_.mutable_tables(0)->mutable_rows()->set_dimension(2);
    if (announced) begin_.mutable_tables(0)->mutable_rows()->set_rows(count);
    files_.clear();
    files_["users"].rows = [this, count](uint64_t offset,
                                         v1::ImportRows* rows) {
      ++asked_;
      for (uint64_t i = offset; i < count && i < offset + 3; ++i) {
        rows->add_ids(std::to_string(i));
        rows->mutable_floats()->add_values(1);
        rows->mutable_floats()->add_values(2);
      }
      return absl::OkStatus();
    };
  }
  static std::vector<std::string> Numbers(int count) {
    std::vector<std::string> numbers;
    for (int i = 0; i < count; ++i) numbers.push_back(std::to_string(i));
    return numbers;
  }

  const TempDir folder_;
  const std::string path_ = folder_.Path("words.txt");
  std::string content_;
  int asked_ = 0;
  std::map<std::string, ImportFiles> files_;
  v1::ImportBegin begin_;
  ImportOptions options_;
  FakeImport fake_;
};

TEST_F(ImportTest, SendsAFileInParts) {
  std::string stage;
  uint64_t bytes = 0;
  options_.progress = [&](const ImportState& state) {
    bytes = state.bytes;
    if (state.build != nullptr) stage = state.build->stage();
  };
  const auto done = Import();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->version(), 5);
  EXPECT_EQ(fake_.kept, content_);
  EXPECT_EQ(fake_.offsets_sent.size(), (content_.size() + 99) / 100);
  EXPECT_EQ(bytes, content_.size());
  EXPECT_EQ(stage, "building");
}

TEST_F(ImportTest, SendsAttributes) {
  const std::string path = folder_.Path("a.csv");
  std::string text = "id,year\n";
  for (int i = 0; i < 100; ++i) text += std::to_string(i) + ",1990\n";
  std::ofstream(path) << text;
  files_["words"].attributes_path = path;
  ASSERT_TRUE(DescribeFiles(files_, &begin_).ok());
  uint64_t bytes = 0;
  options_.progress = [&](const ImportState& state) { bytes = state.bytes; };
  fake_.break_at = {content_.size() + 100};
  const auto done = Import();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(fake_.kept, content_);
  EXPECT_EQ(fake_.attributes, text);
  EXPECT_EQ(fake_.calls, 2);
  EXPECT_EQ(bytes, content_.size() + text.size());
}

TEST_F(ImportTest, SendsRowsUntilThereAreNoMore) {
  UseRows(7, /*announced=*/false);
  ASSERT_TRUE(DescribeFiles(files_, &begin_).ok());
  const auto done = Import();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(fake_.rows, Numbers(7));
  EXPECT_EQ(asked_, 4);  // the last time in vain
}

TEST_F(ImportTest, SendsAsManyRowsAsAreAnnounced) {
  UseRows(7, /*announced=*/true);
  uint64_t rows = 0;
  options_.progress = [&](const ImportState& state) { rows = state.rows; };
  ASSERT_TRUE(Import().ok());
  EXPECT_EQ(fake_.rows, Numbers(7));
  EXPECT_EQ(asked_, 3);
  EXPECT_EQ(rows, 7u);
}

TEST_F(ImportTest, RowsGoOnAfterEachLoss) {
  UseRows(20, /*announced=*/true);
  fake_.break_at = {3, 6, 9, 12, 15};  // more losses than attempts
  const auto done = Import();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(fake_.rows, Numbers(20));
  EXPECT_EQ(fake_.calls, 6);
}

TEST_F(ImportTest, WhoHasNoRowsToGiveEndsTheImport) {
  UseRows(7, /*announced=*/false);
  const absl::Status gone = absl::DataLossError("the array is gone");
  files_["users"].rows = [&](uint64_t, v1::ImportRows*) { return gone; };
  EXPECT_EQ(Import().status(), gone);
  EXPECT_EQ(fake_.calls, 1);
}

TEST_F(ImportTest, RowsAndFilesAreAsBeginSays) {
  files_["words"].rows = [](uint64_t, v1::ImportRows*) {
    return absl::OkStatus();
  };
  EXPECT_THAT(std::string(Import().status().message()),
              HasSubstr("table words is given as rows, of which begin says "
                        "nothing"));
  UseRows(7, /*announced=*/false);
  files_["users"] = {path_};
  EXPECT_THAT(std::string(DescribeFiles(files_, &begin_).message()),
              HasSubstr("table users is one of rows, and none are given"));
  EXPECT_EQ(fake_.calls, 0);
}

TEST_F(ImportTest, GoesOnAfterEachLossFromWhatIsKept) {
  // More losses than attempts: each has brought something.
  fake_.break_at = {100, 200, 300, 400, 500};
  fake_.refused_call = 3;  // not noticed by another server yet
  const auto done = Import();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(fake_.kept, content_);
  EXPECT_EQ(fake_.calls, 7);
}

TEST_F(ImportTest, DoesNotTakeBackWhatAnotherCallGoesOnWith) {
  const absl::Status taken = absl::AbortedError("another call goes on with it");
  fake_.break_at = {100, 200};
  fake_.ends = {absl::UnavailableError("gone"), taken};
  EXPECT_EQ(Import().status(), taken);
  EXPECT_EQ(fake_.calls, 2);
}

TEST_F(ImportTest, GivesUpWhenNothingComesOfIt) {
  fake_.break_at = {0, 0, 0, 0, 0};
  const auto done = Import();
  EXPECT_EQ(fake_.calls, 3);
  EXPECT_TRUE(absl::IsUnavailable(done.status()));
  EXPECT_THAT(std::string(done.status().message()),
              HasSubstr("the connection was lost: Socket closed"));
}

TEST_F(ImportTest, DoesNotTryAgainWhatWasRefused) {
  for (const absl::Status& refused :
       {absl::InvalidArgumentError("bad row"), absl::AbortedError("another"),
        absl::ResourceExhaustedError("disk"),
        absl::FailedPreconditionError("no repository")}) {
    fake_ = {};
    fake_.break_at = {0};
    fake_.ends = {refused};
    EXPECT_EQ(Import().status(), refused);
    EXPECT_EQ(fake_.calls, 1);
  }
}

TEST_F(ImportTest, DoesNotMixTwoTrainings) {
  std::filesystem::last_write_time(
      path_,
      std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  const auto done = Import();
  EXPECT_TRUE(absl::IsAborted(done.status())) << done.status();
  EXPECT_THAT(std::string(done.status().message()),
              HasSubstr("has changed while it was sent"));
  EXPECT_EQ(fake_.calls, 1);
  EXPECT_THAT(fake_.offsets_sent, ElementsAre());
}

TEST_F(ImportTest, NeedsAFileForEachTable) {
  begin_.add_tables()->set_name("items");
  EXPECT_TRUE(absl::IsInvalidArgument(Import().status()));
  EXPECT_EQ(fake_.calls, 0);
}

}  // namespace
}  // namespace akin::client
