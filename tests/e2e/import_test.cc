// Trained files sent to a server, as from another machine.

#include "client/cpp/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cpp/client.h"
#include "tests/e2e/child_process.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A row each of the identity, as numpy writes it.
std::string Npy(size_t rows) {
  std::string header =
      absl::StrCat("{'descr': '<f4', 'fortran_order': False, 'shape': (", rows,
                   ", ", rows, "), }");
  header.resize(128 - 10 - 1, ' ');
  header += '\n';
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size());
  file += '\0';
  file += header;
  for (size_t i = 0; i < rows * rows; ++i) {
    const float value = i % (rows + 1) == 0 ? 1.0f : 0.0f;
    char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    file.append(bytes, sizeof(bytes));
  }
  return file;
}

class ImportE2eTest : public testing::Test {
 protected:
  ImportE2eTest() {
    fs::create_directory(repository_);
    std::string words = "40 4\n";
    for (const auto& [id, values] : RandomRows(40, 4, 1)) {
      absl::StrAppend(&words, id);
      for (const float value : values) absl::StrAppend(&words, " ", value);
      absl::StrAppend(&words, "\n");
    }
    words_ = dir_.Write("words.txt", words);
    items_ = dir_.Write("items.npy", Npy(4));
    ids_ = dir_.Write("items.txt", "north\neast\nsouth\nwest\n");
    StartServer();
  }

  void StartServer(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"--repository", repository_,
                                          "--poll-seconds", "0.1"};
    if (!more.empty()) arguments = {"--repository", repository_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    server_ = std::make_unique<TestServer>(arguments);
    address_ = server_->WaitUntilServing();
    ASSERT_FALSE(address_.empty()) << server_->process().errors();
  }
  CliResult Akin(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--server", address_});
    return RunAkin(arguments);
  }
  bool ServesSoon(const std::string& table, const std::string& id) const {
    const absl::Time end = absl::Now() + absl::Seconds(30);
    while (absl::Now() < end) {
      if (Akin({"get", table, id}).exit_code == 0) return true;
      absl::SleepFor(absl::Milliseconds(50));
    }
    return false;
  }
  std::unique_ptr<client::Client> Connect() const {
    auto client = client::Client::Connect(address_);
    EXPECT_THAT(client, IsOk());
    return *std::move(client);
  }
  // Of `words`.
  v1::ImportBegin Begin(std::map<std::string, client::ImportFiles>* files) {
    v1::ImportBegin begin;
    begin.set_model("m");
    begin.set_import_id("night");
    begin.add_tables()->set_name("words");
    (*files)["words"] = {words_, ""};
    EXPECT_THAT(client::DescribeFiles(*files, &begin), IsOk());
    return begin;
  }

  TempDir dir_;
  const std::string repository_ = dir_.Path("repo");
  std::string words_;
  std::string items_;
  std::string ids_;
  std::unique_ptr<TestServer> server_;
  std::string address_;
};

TEST_F(ImportE2eTest, WhatIsSentIsServed) {
  const std::string golden = dir_.Write(
      "golden", R"({"table": "items", "id": "east", "expect": ["west"]})");
  const CliResult sent =
      Akin({"import", "m", "--table", "words=" + words_, "--table",
            "items=" + items_ + ",ids=" + ids_ + ",metric=dot,index=exact",
            "--training-run", "run 7", "--meta", "lr=0.1", "--golden", golden});
  ASSERT_EQ(sent.exit_code, 0) << sent.errors;
  EXPECT_EQ(sent.output,
            "version 1 of model m, 2 tables: available, labelled stable\n");
  EXPECT_EQ(Akin({"get", "m/words", "r3"}).exit_code, 0) << "at once";
  const CliResult found =
      Akin({"search", "m/items", "--vector", "[0,1,0,0]", "-k", "1"});
  EXPECT_EQ(found.exit_code, 0) << found.errors;
  EXPECT_THAT(found.output, HasSubstr("east"));
  ChildProcess inspect(AKIN_BIN_DIR "/akin-build",
                       {"inspect", repository_ + "/m/1"});
  EXPECT_EQ(inspect.Wait(), 0);
  EXPECT_THAT(inspect.output(),
              AllOf(HasSubstr("run 7"), HasSubstr("lr: 0.1"),
                    HasSubstr("source    words.txt, "),
                    HasSubstr("source    items.npy, "),
                    HasSubstr("source    items.txt, "), HasSubstr("dot")));
  // Other versions follow, and the same command is the same version.
  const CliResult json =
      Akin({"import", "m", "--table", "words=" + words_, "--json"});
  EXPECT_EQ(json.exit_code, 0) << json.errors;
  EXPECT_EQ(json.output, "{\"model\":\"m\",\"version\":\"2\"}\n");
  EXPECT_EQ(
      Akin({"import", "m", "--table", "words=" + words_, "--json"}).output,
      json.output);
  EXPECT_FALSE(fs::exists(repository_ + "/m/3"));
  const CliResult twice =
      Akin({"import", "m", "--table", "words=" + words_, "--version", "1"});
  EXPECT_EQ(twice.exit_code, 1);
  EXPECT_THAT(twice.errors, HasSubstr("version 1 of model m is there already"));
}

TEST_F(ImportE2eTest, ACutConnectionGoesOnFromWhatWasAcknowledged) {
  std::map<std::string, client::ImportFiles> files;
  v1::ImportVersionRequest request;
  *request.mutable_begin() = Begin(&files);
  v1::ImportVersionResponse response;
  const auto client = Connect();
  {
    const auto call = client->StartImport(absl::Seconds(1));
    ASSERT_TRUE(call->Write(request));
    ASSERT_TRUE(call->Read(&response));
    EXPECT_EQ(response.offsets().offsets(0).file_bytes(), 0u);
    v1::ImportVersionRequest chunk;
    chunk.mutable_chunk()->set_table("words");
    chunk.mutable_chunk()->set_data("40 4\n");
    ASSERT_TRUE(call->Write(chunk));
    const std::string file = repository_ + "/m/.import-night/words.vectors";
    while (!fs::exists(file) || fs::file_size(file) < 5) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    // Killed in the middle, and started again.
    server_->process().Signal(SIGKILL);
    server_->process().Wait();
    EXPECT_FALSE(call->Read(&response));
    EXPECT_EQ(call->Finish().code(), absl::StatusCode::kUnavailable);
  }
  StartServer();
  uint64_t first_kept = 0;
  client::ImportOptions options;
  options.chunk_bytes = 100;
  options.progress = [&](const client::ImportState& state) {
    if (first_kept == 0) first_kept = state.bytes_kept;
  };
  const auto done =
      client::ImportVersion(*Connect(), request.begin(), files, options);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(first_kept, 5u);
  EXPECT_EQ(done->version(), 1);
  EXPECT_TRUE(ServesSoon("m/words", "r39"));
  EXPECT_FALSE(fs::exists(repository_ + "/m/.import-night/words.vectors"));
}

// Nothing tells the server that a caller is gone whose machine is: its call is
// one that says nothing, and waits to be read.
TEST_F(ImportE2eTest, WhoComesLaterGoesOnInThePlaceOfOneThatIsSilent) {
  std::map<std::string, client::ImportFiles> files;
  v1::ImportVersionRequest begin;
  *begin.mutable_begin() = Begin(&files);
  v1::ImportVersionResponse response;
  const auto lost = Connect();
  const auto silent = lost->StartImport(absl::Seconds(1));
  ASSERT_TRUE(silent->Write(begin));
  ASSERT_TRUE(silent->Read(&response));
  v1::ImportVersionRequest chunk;
  chunk.mutable_chunk()->set_table("words");
  chunk.mutable_chunk()->set_data("40 4\n");
  ASSERT_TRUE(silent->Write(chunk));
  const std::string file = repository_ + "/m/.import-night/words.vectors";
  while (!fs::exists(file) || fs::file_size(file) < 5) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  const auto client = Connect();
  const auto next = client->StartImport(absl::Seconds(1));
  ASSERT_TRUE(next->Write(begin));
  ASSERT_TRUE(next->Read(&response));
  EXPECT_EQ(response.offsets().offsets(0).file_bytes(), 5u);
  EXPECT_FALSE(silent->Read(&response));
  EXPECT_THAT(silent->Finish(),
              IsStatus(absl::StatusCode::kAborted,
                       "another call goes on with import night of model m"));
  // Now that one is silent.
  const auto done = client::ImportVersion(*Connect(), begin.begin(), files);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->version(), 1);
  EXPECT_FALSE(next->Read(&response));
  EXPECT_THAT(next->Finish(), IsStatus(absl::StatusCode::kAborted));
}

TEST_F(ImportE2eTest, ASilentImportDoesNotHoldUpADrain) {
  std::map<std::string, client::ImportFiles> files;
  v1::ImportVersionRequest request;
  *request.mutable_begin() = Begin(&files);
  const auto client = Connect();
  const auto call = client->StartImport(absl::Seconds(1));
  ASSERT_TRUE(call->Write(request));
  v1::ImportVersionResponse response;
  ASSERT_TRUE(call->Read(&response));
  server_->process().Signal(SIGTERM);
  EXPECT_FALSE(call->Read(&response));
  EXPECT_THAT(call->Finish(), IsStatus(absl::StatusCode::kUnavailable,
                                       HasSubstr("going away")));
  EXPECT_EQ(server_->process().Wait(), 0);
}

TEST_F(ImportE2eTest, ADrainingServerLetsGoOfAnImport) {
  std::map<std::string, client::ImportFiles> files;
  v1::ImportVersionRequest request;
  *request.mutable_begin() = Begin(&files);
  const auto client = Connect();
  const auto call = client->StartImport(absl::Seconds(1));
  ASSERT_TRUE(call->Write(request));
  v1::ImportVersionResponse response;
  ASSERT_TRUE(call->Read(&response));
  server_->process().Signal(SIGTERM);
  ASSERT_TRUE(server_->process().WaitForError("draining"));
  request.Clear();
  request.mutable_chunk()->set_table("words");
  request.mutable_chunk()->set_data("40");
  // It ends whatever is written, and what came before stays.
  for (uint64_t offset = 0; call->Write(request); ++offset) {
    request.mutable_chunk()->set_data("4");
    request.mutable_chunk()->set_offset(offset + 2);
    absl::SleepFor(absl::Milliseconds(1));
  }
  while (call->Read(&response)) {
  }
  // Why may be lost with the connection.
  EXPECT_THAT(call->Finish(), IsStatus(absl::StatusCode::kUnavailable));
  EXPECT_EQ(server_->process().Wait(), 0);
  EXPECT_TRUE(fs::exists(repository_ + "/m/.import-night/words.vectors"));
}

TEST_F(ImportE2eTest, ABadFileIsRefusedWithTheBuildsSentence) {
  const std::string bad = dir_.Write("bad.txt", "a 1 2\nb 1 x\n");
  const CliResult sent = Akin({"import", "m", "--table", "words=" + bad});
  EXPECT_EQ(sent.exit_code, 1);
  EXPECT_THAT(sent.errors,
              AllOf(HasSubstr("table m/words: bad.txt: 1 bad row: line 2 "
                              "number 2 of 2 is \"x\""),
                    Not(HasSubstr(repository_))));
  for (const auto& entry : fs::directory_iterator(repository_ + "/m")) {
    EXPECT_EQ(entry.path().filename(), ".lock");
  }
  const CliResult skipped =
      Akin({"import", "m", "--table", "words=" + bad, "--on-bad-row", "skip"});
  EXPECT_EQ(skipped.exit_code, 0) << skipped.errors;
  EXPECT_THAT(skipped.output, HasSubstr("words: bad rows left out: 1 (1 "));
}

TEST_F(ImportE2eTest, WhatIsImportedIsWhatIsPromoted) {
  // The server would not look for it before tomorrow.
  StartServer({"--poll-seconds", "86400"});
  ASSERT_EQ(Akin({"import", "m", "--table", "words=" + words_}).exit_code, 0);
  // From now on stable does not follow the latest.
  ASSERT_EQ(Akin({"promote", "m"}).exit_code, 0);
  const CliResult sent =
      Akin({"import", "m", "--table", "words=" + words_ + ",metric=dot"});
  ASSERT_EQ(sent.exit_code, 0) << sent.errors;
  EXPECT_EQ(sent.output, "version 2 of model m, 1 table: available\n");
  const CliResult promoted = Akin({"promote", "m"});
  EXPECT_EQ(promoted.exit_code, 0) << promoted.errors;
  EXPECT_EQ(promoted.output, "m: stable -> version 2 (before: 1)\n");
  const CliResult not_awaited =
      Akin({"import", "m", "--table", "words=" + words_ + ",metric=l2",
            "--no-wait"});
  EXPECT_EQ(not_awaited.exit_code, 0) << not_awaited.errors;
  EXPECT_EQ(not_awaited.output,
            "version 3 of model m, 1 table, is in the repository\n");
}

TEST_F(ImportE2eTest, WhatLabelsDecideIsNotAwaited) {
  StartServer({"--poll-seconds", "86400", "--follow", "labels"});
  const CliResult sent = Akin({"import", "m", "--table", "words=" + words_});
  EXPECT_EQ(sent.exit_code, 0) << sent.errors;
  EXPECT_EQ(sent.output,
            "version 1 of model m, 1 table: sealed; the server does not load "
            "it by itself: akin load m --version 1\n");
  const CliResult refused = Akin({"promote", "m"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("akin load m --version 1"));
  EXPECT_EQ(Akin({"load", "m"}).exit_code, 0);
  EXPECT_EQ(Akin({"promote", "m"}).exit_code, 0);
  const CliResult removed = Akin({"label", "m", "stable", "--remove"});
  EXPECT_EQ(removed.exit_code, 0) << removed.errors;
  EXPECT_THAT(removed.errors, HasSubstr("no version of model m is stable now"));
}

TEST_F(ImportE2eTest, ManyMessagesThatAreNoImport) {
  const auto client = Connect();
  for (const bool begin : {false, true}) {
    std::map<std::string, client::ImportFiles> files;
    const auto call = client->StartImport(absl::Seconds(1));
    v1::ImportVersionRequest request;
    if (begin) {
      *request.mutable_begin() = Begin(&files);
      call->Write(request);
    }
    request.mutable_chunk()->set_table("../../escape");
    request.mutable_chunk()->set_data(std::string(1 << 20, 'x'));
    while (call->Write(request)) {
    }
    v1::ImportVersionResponse response;
    while (call->Read(&response)) {
    }
    EXPECT_THAT(call->Finish(), IsStatus(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_EQ(Akin({"models"}).exit_code, 0);
}

TEST_F(ImportE2eTest, NeedsARepository) {
  TestServer server({"--load", absl::StrCat("m/words=", words_)});
  const std::string address = server.WaitUntilServing();
  ASSERT_FALSE(address.empty()) << server.process().errors();
  const CliResult sent = RunAkin(
      {"--server", address, "import", "m", "--table", "words=" + words_});
  EXPECT_EQ(sent.exit_code, 1);
  EXPECT_THAT(sent.errors, HasSubstr("this server has no repository; start it "
                                     "with --repository"));
}

}  // namespace
}  // namespace akin
