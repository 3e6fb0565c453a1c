// What no import is made of, or no import goes on with.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/import_begin.h"
#include "server/import_session.h"
#include "tests/server/import_session_fixture.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using ImportRefusalTest = ImportSessionTest;

TEST_F(ImportRefusalTest, RefusesWhatMakesNoImport) {
  using Begin = v1::ImportBegin;
  const std::string bad[] = {"",     ".",
                             "..",   "../x",
                             "a/b",  "/etc",
                             "-x",   ".x",
                             "a\nb", std::string("a\0b", 3),
                             "\xff", std::string(129, 'a')};
  for (const std::string& name : bad) {
    ExpectRefused([&](Begin* b) { b->set_model(name); }, "model name is");
    ExpectRefused([&](Begin* b) { b->set_import_id(name); }, "import name is");
    ExpectRefused([&](Begin* b) { b->mutable_tables(1)->set_name(name); },
                  "table name is");
  }
  for (const std::string& name :
       {std::string(), std::string("a/b"), std::string("a\n"),
        std::string("\xff"), std::string(256, 'a')}) {
    ExpectRefused([&](Begin* b) { b->mutable_tables(0)->set_file_name(name); },
                  "the file of table words is named");
    ExpectRefused(
        [&](Begin* b) { b->mutable_tables(1)->set_ids_file_name(name); },
        "the ids of table items is named");
  }
  ExpectRefused([](Begin* b) { b->set_version(-1); }, "version is -1");
  ExpectRefused([](Begin* b) { b->clear_tables(); }, "has 0 tables");
  ExpectRefused(
      [](Begin* b) {
        while (b->tables_size() <= kMostImportTables) {
          *b->add_tables() = b->tables(0);
          b->mutable_tables(b->tables_size() - 1)
              ->set_name(absl::StrCat("t", b->tables_size()));
        }
      },
      "has 17 tables, expected 1 to 16");
  ExpectRefused([](Begin* b) { b->mutable_tables(1)->set_name("words"); },
                "table words is named twice");
  ExpectRefused([](Begin* b) { b->mutable_tables(0)->set_file_bytes(0); },
                "the file of table words has 0 bytes");
  ExpectRefused(
      [](Begin* b) {
        b->mutable_tables(0)->set_file_bytes(kMostImportFileBytes + 1);
      },
      "has 1099511627777 bytes, expected 1 to 1099511627776");
  ExpectRefused(
      [](Begin* b) { b->mutable_tables(1)->set_ids_bytes(~uint64_t{0}); },
      "the ids of table items has");
  ExpectRefused([](Begin* b) { b->mutable_tables(0)->set_attributes_bytes(5); },
                "the attributes of table words is named");
  ExpectRefused(
      [](Begin* b) { b->mutable_tables(0)->set_attribute_types("a:int"); },
      "table words has attribute_types, and no file of attributes");
  ExpectRefused(
      [](Begin* b) {
        b->mutable_tables(0)->set_tensor(std::string(1025, 'a'));
      },
      "the tensor of table words has 1025 bytes");
  ExpectRefused([](Begin* b) { b->set_training_run(std::string(1025, 'a')); },
                "training_run has 1025 bytes");
  ExpectRefused(
      [](Begin* b) { (*b->mutable_metadata())["k"] = std::string(4097, 'a'); },
      "a value of metadata");
  ExpectRefused(
      [](Begin* b) {
        for (int i = 0; i < 101; ++i) {
          (*b->mutable_metadata())[absl::StrCat(i)] = "";
        }
      },
      "metadata has 101 entries");
}

TEST_F(ImportRefusalTest, RefusesAVersionThatIsThere) {
  fs::create_directories(options_.repository + "/m/3");
  v1::ImportBegin begin = Begin();
  begin.set_version(3);
  EXPECT_THAT(Open(begin), IsStatus(StatusCode::kAlreadyExists,
                                    HasSubstr("version 3 of model m")));
  EXPECT_FALSE(fs::exists(Folder()));
  begin.set_version(4);
  EXPECT_THAT(Open(begin), IsOk());
}

TEST_F(ImportRefusalTest, RefusesWhatTheDiskHasNoRoomFor) {
  v1::ImportBegin begin = Begin();
  begin.clear_tables();
  for (int i = 0; i < kMostImportTables; ++i) {
    v1::ImportTable* table = begin.add_tables();
    table->set_name(absl::StrCat("t", i));
    table->set_file_name("f");
    table->set_file_bytes(kMostImportFileBytes);
  }
  EXPECT_THAT(Open(begin), IsStatus(StatusCode::kResourceExhausted,
                                    AllOf(HasSubstr("bytes free"),
                                          HasSubstr("needs 17592186044416"))));
  EXPECT_TRUE(fs::is_empty(options_.repository));
  // The folder of a model that was there stays, with what is in it.
  fs::create_directories(options_.repository + "/m/1");
  EXPECT_THAT(Open(begin), IsStatus(StatusCode::kResourceExhausted));
  EXPECT_FALSE(fs::exists(Folder()));
  EXPECT_TRUE(fs::exists(options_.repository + "/m/1"));
}

TEST_F(ImportRefusalTest, WritesNowhereElse) {
  // Links in the repository lead nowhere.
  fs::create_directory(dir_.Path("outside"));
  fs::create_directory_symlink(dir_.Path("outside"),
                               options_.repository + "/linked");
  v1::ImportBegin begin = Begin();
  begin.set_model("linked");
  EXPECT_THAT(Open(begin), IsStatus(StatusCode::kFailedPrecondition,
                                    HasSubstr("is no folder")));
  EXPECT_TRUE(fs::is_empty(dir_.Path("outside")));
  ASSERT_THAT(Open(), IsOk());
  fs::remove(Folder() + "/words.vectors");
  fs::create_symlink(dir_.Path("outside/file"), Folder() + "/words.vectors");
  EXPECT_THAT(Open(), Not(IsOk()));
  EXPECT_TRUE(fs::is_empty(dir_.Path("outside")));
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(dir_.Path(""))) {
    names.insert(fs::relative(entry.path(), options_.repository));
  }
  for (const std::string& name : names) {
    EXPECT_TRUE(absl::StartsWith(name, "m") || name == "." ||
                name == "linked" || name == "../outside")
        << name;
  }
}

TEST_F(ImportRefusalTest, SaysThatItsBeginIsDamaged) {
  ASSERT_THAT(Open(), IsOk());
  std::ofstream(Folder() + "/begin") << "\xff\xff\xff";
  EXPECT_THAT(Open(), IsStatus(StatusCode::kFailedPrecondition,
                               HasSubstr("begin is damaged")));
}

TEST_F(ImportRefusalTest, SaysWhatTheSystemSays) {
  options_.repository = dir_.Path("none");
  EXPECT_THAT(Open(), IsStatus(StatusCode::kNotFound, HasSubstr("none/m")));
}

TEST_F(ImportRefusalTest, GoesOnWithTheSameFilesOnly) {
  ASSERT_THAT(Open(), IsOk());
  const auto expect_refused =
      [&](const std::function<void(v1::ImportBegin*)>& change,
          const std::string& sentence) {
        v1::ImportBegin begin = Begin();
        change(&begin);
        EXPECT_THAT(Open(begin), IsStatus(StatusCode::kFailedPrecondition,
                                          HasSubstr(sentence)));
      };
  using Begin = v1::ImportBegin;
  expect_refused([](Begin* b) { b->mutable_tables()->RemoveLast(); },
                 "was begun with 2 tables, not with 1");
  expect_refused([](Begin* b) { b->mutable_tables(0)->set_file_bytes(13); },
                 "words of 12 bytes");
  expect_refused([](Begin* b) { b->mutable_tables(1)->set_ids_bytes(5); },
                 "5 bytes of \"items.ids\"");
  expect_refused(
      [](Begin* b) {
        b->mutable_tables(0)->set_attributes_bytes(5);
        b->mutable_tables(0)->set_attributes_file_name("a.csv");
      },
      "5 bytes of \"a.csv\"");
  expect_refused([](Begin* b) { b->mutable_tables(0)->set_name("other"); },
                 "table other");
  expect_refused([](Begin* b) { b->mutable_tables(0)->set_stamp("2.5"); },
                 "they have changed");
  expect_refused([](Begin* b) { b->mutable_tables()->SwapElements(0, 1); },
                 "was begun with");
  // How they are built may change.
  v1::ImportBegin begin = akin::server::Begin();
  begin.mutable_tables(0)->set_metric(v1::METRIC_DOT);
  (*begin.mutable_metadata())["a"] = "b";
  EXPECT_THAT(Open(begin), IsOk());
  // Another id is another import.
  begin.mutable_tables(0)->set_file_bytes(13);
  begin.set_import_id("night-2");
  EXPECT_THAT(Open(begin), IsOk());
}

TEST_F(ImportRefusalTest, RefusesPartsThatDoNotContinueTheirFile) {
  auto session = Open();
  ASSERT_THAT(session, IsOk());
  const auto expect_refused = [&](const v1::ImportChunk& chunk,
                                  const std::string& sentence) {
    EXPECT_THAT((*session)->Append(chunk),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr(sentence)));
  };
  ASSERT_THAT((*session)->Append(Chunk("words", false, 0, "a 1 2\n")), IsOk());
  expect_refused(Chunk("words", false, 7, "x"), "begins at 7, expected 6");
  expect_refused(Chunk("words", false, 5, "\nb 3"), "begins at 5, expected 6");
  expect_refused(Chunk("words", false, ~uint64_t{0}, "x"), "expected 6");
  expect_refused(Chunk("words", false, 6, ""), "has 0 bytes, expected 1 to 6");
  expect_refused(Chunk("words", false, 6, "b 3 4\nc"), "has 7 bytes");
  expect_refused(Chunk("words", true, 0, "x"),
                 "the ids of table words, which has none");
  expect_refused(Chunk("../words", false, 0, "x"),
                 "which the import does not name");
  // None of that came through.
  ASSERT_THAT((*session)->Append(Chunk("words", false, 6, "b 3 4\n")), IsOk());
  EXPECT_EQ(ReadFile(Folder() + "/words.vectors"), kVectors);
  expect_refused(Chunk("words", false, 12, "x"), "expected 1 to 0");
}

}  // namespace
}  // namespace akin::server
