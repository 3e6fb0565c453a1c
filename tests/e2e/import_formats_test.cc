// Imports of more than one file of vectors: attributes, a tensor of several,
// and rows that a program has in memory.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cpp/client.h"
#include "client/cpp/import.h"
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

std::string Bytes(const std::vector<float>& values) {
  if (values.empty()) return "";
  return std::string(reinterpret_cast<const char*>(values.data()),
                     values.size() * sizeof(float));
}

// Two tensors: zeros, and the royal words as "emb".
std::string Safetensors() {
  std::vector<float> words;
  for (const auto& [id, values] : RoyalRows()) {
    words.insert(words.end(), values.begin(), values.end());
  }
  const std::string emb = Bytes(words);
  const std::string zeros(emb.size(), '\0');
  const size_t rows = RoyalRows().size();
  const std::string header = absl::StrCat(
      R"({"bias":{"dtype":"F32","shape":[)", rows, R"(,3],"data_offsets":[0,)",
      zeros.size(), R"(]},"emb":{"dtype":"F32","shape":[)", rows,
      R"(,3],"data_offsets":[)", zeros.size(), ",", zeros.size() + emb.size(),
      "]}}");
  const uint64_t length = header.size();
  std::string file(sizeof(length), '\0');
  std::memcpy(file.data(), &length, sizeof(length));
  return file + header + zeros + emb;
}

class ImportFormatsE2eTest : public testing::Test {
 protected:
  ImportFormatsE2eTest() {
    fs::create_directory(repository_);
    StartServer();
  }

  void StartServer() {
    server_ = std::make_unique<TestServer>(std::vector<std::string>{
        "--repository", repository_, "--poll-seconds", "0.1"});
    address_ = server_->WaitUntilServing();
    ASSERT_FALSE(address_.empty()) << server_->process().errors();
  }
  CliResult Akin(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--server", address_});
    return RunAkin(arguments);
  }
  std::unique_ptr<client::Client> Connect() const {
    auto client = client::Client::Connect(address_);
    EXPECT_THAT(client, IsOk());
    return *std::move(client);
  }
  bool ServesSoon(const std::string& table, const std::string& id) const {
    const absl::Time end = absl::Now() + absl::Seconds(30);
    while (absl::Now() < end) {
      if (Akin({"get", table, id}).exit_code == 0) return true;
      absl::SleepFor(absl::Milliseconds(50));
    }
    return false;
  }
  // The royal words as rows, two at a time, with attributes.
  v1::ImportBegin BeginRows(
      std::map<std::string, client::ImportFiles>* files) const {
    v1::ImportBegin begin;
    begin.set_model("m");
    begin.set_import_id("rows");
    v1::ImportTable* table = begin.add_tables();
    table->set_name("words");
    table->set_attribute_types("tags:keyword_list");
    table->mutable_rows()->set_dimension(3);
    (*files)["words"].rows = RowsFrom;
    return begin;
  }
  static absl::Status RowsFrom(uint64_t offset, v1::ImportRows* rows) {
    const Rows words = RoyalRows();
    std::vector<float> numbers;
    for (size_t i = offset; i < words.size() && i < offset + 2; ++i) {
      const auto& [id, values] = words[i];
      rows->add_ids(id);
      numbers.insert(numbers.end(), values.begin(), values.end());
      v1::ImportRowAttributes* row = rows->add_attributes();
      v1::Attribute* attribute = row->add_attributes();
      attribute->set_name("letters");
      attribute->add_values()->set_int_value(static_cast<int64_t>(id.size()));
      attribute = row->add_attributes();
      attribute->set_name("tags");
      attribute->add_values()->set_string_value("royal");
      attribute->add_values()->set_string_value(id.substr(0, 1));
    }
    rows->mutable_block()->set_dimension(3);
    rows->mutable_block()->set_dtype(v1::DTYPE_F32);
    rows->mutable_block()->set_data(Bytes(numbers));
    return absl::OkStatus();
  }

  TempDir dir_;
  const std::string repository_ = dir_.Path("repo");
  std::string address_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(ImportFormatsE2eTest, ATensorWithItsIdsAndAttributes) {
  std::string ids;
  std::string attributes;
  for (const auto& [id, values] : RoyalRows()) {
    absl::StrAppend(&ids, id, "\n");
    absl::StrAppend(&attributes, R"({"id": ")", id, R"(", "letters": )",
                    id.size(), R"(, "added": "20)", 10 + id.size(),
                    R"(-01-01T00:00:00Z"})", "\n");
  }
  const std::string table =
      absl::StrCat("words=", dir_.Write("words.safetensors", Safetensors()),
                   ",ids=", dir_.Write("ids.txt", ids),
                   ",attributes=", dir_.Write("a.jsonl", attributes),
                   ",attribute_types=added:timestamp");
  const CliResult ambiguous = Akin({"import", "m", "--table", table});
  EXPECT_EQ(ambiguous.exit_code, 1);
  EXPECT_THAT(ambiguous.errors,
              AllOf(HasSubstr("words.safetensors"), HasSubstr("emb"),
                    Not(HasSubstr(repository_))));
  const CliResult sent =
      Akin({"import", "m", "--table", table + ",tensor=emb"});
  ASSERT_EQ(sent.exit_code, 0) << sent.errors;
  EXPECT_EQ(sent.output,
            "version 1 of model m, 1 table: available, labelled stable\n");
  const CliResult found =
      Akin({"search", "m/words", "--id", "king", "--where",
            "letters = 5 and added < '2016-01-01T00:00:00Z'"});
  ASSERT_EQ(found.exit_code, 0) << found.errors;
  EXPECT_THAT(found.output,
              AllOf(HasSubstr("queen"), HasSubstr("crown"), HasSubstr("woman"),
                    Not(HasSubstr("boy")), Not(HasSubstr("girl"))));
  const CliResult unknown =
      Akin({"import", "m", "--table",
            absl::StrCat("words=", dir_.Path("words.safetensors"),
                         ",tensor=emb,attributes=", dir_.Path("a.jsonl"))});
  EXPECT_EQ(unknown.exit_code, 1);  // without ids the rows are 0, 1, ...
  EXPECT_THAT(unknown.errors, HasSubstr("table m/words: a.jsonl: 7 ids that "
                                        "table words does not have"));
}

TEST_F(ImportFormatsE2eTest, RowsOfAProgram) {
  std::map<std::string, client::ImportFiles> files;
  const v1::ImportBegin begin = BeginRows(&files);
  const auto client = Connect();
  const auto done = client::ImportVersion(*client, begin, files);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->version(), 1);
  ASSERT_TRUE(ServesSoon("m/words", "king"));
  v1::SearchRequest request;
  request.set_model("m");
  request.set_table("words");
  request.mutable_query()->mutable_id()->set_id("king");
  request.mutable_options()->set_k(10);
  v1::Predicate* filter = request.mutable_options()->mutable_filter();
  filter->mutable_in()->set_attribute("tags");
  filter->mutable_in()->add_values()->set_string_value("c");
  const auto found = client->Search(request);
  ASSERT_THAT(found, IsOk());
  ASSERT_EQ(found->hits_size(), 1);
  EXPECT_EQ(found->hits(0).id(), "crown");
}

TEST_F(ImportFormatsE2eTest, RowsGoOnAfterTheServerWasKilled) {
  std::map<std::string, client::ImportFiles> files;
  v1::ImportVersionRequest request;
  *request.mutable_begin() = BeginRows(&files);
  v1::ImportVersionResponse response;
  {
    const auto client = Connect();
    const auto call = client->StartImport(absl::Seconds(1));
    ASSERT_TRUE(call->Write(request));
    ASSERT_TRUE(call->Read(&response));
    EXPECT_EQ(response.offsets().offsets(0).rows(), 0u);
    v1::ImportVersionRequest part;
    part.mutable_rows()->set_table("words");
    ASSERT_THAT(RowsFrom(0, part.mutable_rows()), IsOk());
    ASSERT_TRUE(call->Write(part));
    const std::string file = repository_ + "/m/.import-rows/words.rows";
    // One write: it is there as a whole.
    while (!fs::exists(file) || fs::file_size(file) == 0) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    server_->process().Signal(SIGKILL);
    server_->process().Wait();
    EXPECT_FALSE(call->Read(&response));
    EXPECT_EQ(call->Finish().code(), absl::StatusCode::kUnavailable);
  }
  StartServer();
  uint64_t first_kept = 0;
  client::ImportOptions options;
  options.progress = [&](const client::ImportState& state) {
    if (first_kept == 0) first_kept = state.rows_kept;
  };
  const auto done =
      client::ImportVersion(*Connect(), request.begin(), files, options);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(first_kept, 2u);
  EXPECT_TRUE(ServesSoon("m/words", "crown"));
}

TEST_F(ImportFormatsE2eTest, RowsThatAreNoneAreRefusedByTheirNumber) {
  std::map<std::string, client::ImportFiles> files;
  v1::ImportBegin begin = BeginRows(&files);
  files["words"].rows = [](uint64_t offset, v1::ImportRows* rows) {
    absl::Status status = RowsFrom(offset, rows);
    if (offset == 2) rows->set_ids(1, "");
    return status;
  };
  EXPECT_THAT(client::ImportVersion(*Connect(), begin, files),
              IsStatus(absl::StatusCode::kInvalidArgument,
                       HasSubstr("row 3 of table words: its id is empty")));
  // What came before is kept, and the same import goes on.
  files["words"].rows = RowsFrom;
  uint64_t first_kept = 0;
  client::ImportOptions options;
  options.progress = [&](const client::ImportState& state) {
    if (first_kept == 0) first_kept = state.rows_kept;
  };
  EXPECT_THAT(client::ImportVersion(*Connect(), begin, files, options), IsOk());
  EXPECT_EQ(first_kept, 2u);
}

}  // namespace
}  // namespace akin
