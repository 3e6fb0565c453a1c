// Rows of an import that are in no file: what is taken, what is kept.

#include "server/import_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "index/base/limits.h"
#include "server/import_session.h"
#include "tests/server/import_rows_fixture.h"
#include "tests/server/import_session_fixture.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Beside the table words, which is of a file.
class ImportRowsTest : public ImportSessionTest {
 protected:
  ImportRowsTest() {
    options_.sync_bytes = uint64_t{1} << 20;
    begin_ = akin::server::Begin();
    begin_.mutable_tables()->RemoveLast();
    *begin_.add_tables() = RowTable();
  }

  static uint64_t RowsOf(const ImportSession& session) {
    return session.offsets().offsets(1).rows();
  }
  // Refused, and what comes then goes on as if it had not been there.
  void ExpectRowsRefused(const v1::ImportRows& rows,
                         const std::string& sentence) {
    auto session = Open(begin_);
    ASSERT_THAT(session, IsOk());
    EXPECT_THAT((*session)->AppendRows(rows),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr(sentence)));
    const uint64_t kept = RowsOf(**session);
    EXPECT_THAT((*session)->AppendRows(Rows(kept, {{"next"}})), IsOk());
    session->reset();
    session = Open(begin_);
    ASSERT_THAT(session, IsOk());
    EXPECT_EQ(RowsOf(**session), kept + 1) << sentence;
  }
  std::string RowsFile() const { return Folder() + "/users.rows"; }

  v1::ImportBegin begin_;
};

TEST_F(ImportRowsTest, TakesRowsAndSaysWhatIsOnTheDisk) {
  auto session = Open(begin_);
  ASSERT_THAT(session, IsOk());
  ASSERT_THAT((*session)->Append(Chunk("words", false, 0, kVectors)), IsOk());
  EXPECT_THAT((*session)->Complete(),
              IsStatus(StatusCode::kInvalidArgument,
                       "table users has 0 rows, expected at least one"));
  const auto grown = (*session)->AppendRows(Rows(0, {{"a"}, {"b"}}));
  ASSERT_THAT(grown, IsOk());
  EXPECT_FALSE(*grown);
  EXPECT_EQ(RowsOf(**session), 0u);
  EXPECT_THAT((*session)->Complete(), IsOk());
  EXPECT_EQ(RowsOf(**session), 2u);
}

TEST_F(ImportRowsTest, AcknowledgesThemNowAndThen) {
  options_.sync_bytes = 1;
  auto session = Open(begin_);
  ASSERT_THAT(session, IsOk());
  const auto grown = (*session)->AppendRows(Rows(0, {{"a"}, {"b"}}));
  ASSERT_THAT(grown, IsOk());
  EXPECT_TRUE(*grown);
  EXPECT_EQ(RowsOf(**session), 2u);
}

TEST_F(ImportRowsTest, GoesOnAfterARestart) {
  {
    auto session = Open(begin_);
    ASSERT_THAT(session, IsOk());
    ASSERT_THAT((*session)->AppendRows(Rows(0, {{"a"}, {"b"}})), IsOk());
    ASSERT_THAT((*session)->AppendRows(Rows(2, {{"c"}})), IsOk());
  }
  auto session = Open(begin_);
  ASSERT_THAT(session, IsOk());
  EXPECT_EQ(RowsOf(**session), 3u);
  EXPECT_THAT((*session)->AppendRows(Rows(2, {{"c"}})),
              IsStatus(StatusCode::kInvalidArgument,
                       "a part of the rows of table users begins at 2, "
                       "expected 3"));
  EXPECT_THAT((*session)->AppendRows(Rows(3, {{"d"}})), IsOk());
}

TEST_F(ImportRowsTest, WhatIsDamagedIsSentAgain) {
  uint64_t first_bytes = 0;
  {
    auto session = Open(begin_);
    ASSERT_THAT(session, IsOk());
    ASSERT_THAT((*session)->AppendRows(Rows(0, {{"a"}, {"b"}})), IsOk());
    first_bytes = fs::file_size(RowsFile());
    ASSERT_THAT((*session)->AppendRows(Rows(2, {{"c"}})), IsOk());
  }
  const std::string whole = ReadFile(RowsFile());
  ASSERT_GT(whole.size(), first_bytes);
  const auto expect_cut = [&](const std::string& content, uint64_t rows,
                              uint64_t bytes) {
    std::ofstream(RowsFile(), std::ios::binary) << content;
    const auto session = Open(begin_);
    ASSERT_THAT(session, IsOk());
    EXPECT_EQ(RowsOf(**session), rows);
    EXPECT_EQ(fs::file_size(RowsFile()), bytes);
  };
  expect_cut(whole, 3, whole.size());
  for (uint64_t size = first_bytes; size < whole.size(); ++size) {
    expect_cut(whole.substr(0, size), 2, first_bytes);
  }
  for (uint64_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    const bool second = at >= first_bytes;
    expect_cut(flipped, second ? 2 : 0, second ? first_bytes : 0);
  }
  // A block of another place.
  expect_cut(whole + whole.substr(first_bytes), 3, whole.size());
}

TEST_F(ImportRowsTest, RefusesRowsOfAnotherWidth) {
  v1::ImportRows rows = Rows(0, {{"a"}, {"b"}});
  rows.mutable_floats()->add_values(1);
  ExpectRowsRefused(rows,
                    "rows 0 to 1 of table users have 2 ids and 5 numbers, "
                    "expected 2 numbers for each id");
  ExpectRowsRefused(
      BlockRows(1, {"a"}, v1::DTYPE_F32, FloatBytes({1, 2, 3}), 3),
      "rows 1 to 1 of table users have 3 dimensions, the table has 2");
  ExpectRowsRefused(BlockRows(2, {"a"}, v1::DTYPE_F32, FloatBytes({1})),
                    "have 1 ids and 4 bytes of numbers, expected 8 bytes for "
                    "each id");
  ExpectRowsRefused(BlockRows(3, {"a"}, v1::DTYPE_F16, "1234567"),
                    "expected 4 bytes for each id");
  ExpectRowsRefused(BlockRows(4, {"a"}, v1::DTYPE_UNSPECIFIED, ""),
                    "have dtype 0, expected DTYPE_F32, DTYPE_F16 or DTYPE_I8");
  ExpectRowsRefused(
      BlockRows(5, {"a"}, static_cast<v1::DType>(9), FloatBytes({1, 2})),
      "have dtype 9");
  rows = Rows(6, {{"a"}});
  rows.clear_vectors();
  ExpectRowsRefused(rows, "have no vectors, expected a block or floats");
}

TEST_F(ImportRowsTest, RefusesWhatIsNoId) {
  ExpectRowsRefused(Rows(0, {}), "has no ids, expected one for each row");
  ExpectRowsRefused(Rows(1, {{"a"}, {""}}),
                    "row 2 of table users: its id is empty, expected 1 to 512 "
                    "bytes of UTF-8");
  ExpectRowsRefused(Rows(2, {{std::string(kMaxIdBytes + 1, 'a')}}),
                    "row 2 of table users: its id has 513 bytes");
  ExpectRowsRefused(Rows(3, {{"\xff"}}),
                    "row 3 of table users: its id is not UTF-8");
}

TEST_F(ImportRowsTest, LeavesBadIdsToTheBuildWhereItSkipsThem) {
  begin_.mutable_tables(1)->set_skip_bad_rows(true);
  auto session = Open(begin_);
  ASSERT_THAT(session, IsOk());
  EXPECT_THAT((*session)->AppendRows(
                  Rows(0, {{""}, {std::string(kMaxIdBytes + 1, 'a')}})),
              IsOk());
  session->reset();
  ExpectRowsRefused(Rows(2, {{"\xff"}}), "its id is not UTF-8");
}

TEST_F(ImportRowsTest, RefusesRowsThatDoNotContinueTheirTable) {
  ExpectRowsRefused(Rows(1, {{"a"}}), "begins at 1, expected 0");
  ExpectRowsRefused(Rows(std::numeric_limits<uint64_t>::max(), {{"a"}}),
                    "expected 1");
  *begin_.mutable_tables(1) = RowTable(4);
  begin_.set_import_id("announced");
  auto session = Open(begin_);
  ASSERT_THAT(session, IsOk());
  ASSERT_THAT((*session)->Append(Chunk("words", false, 0, kVectors)), IsOk());
  ASSERT_THAT((*session)->AppendRows(Rows(0, {{"a"}, {"b"}, {"c"}})), IsOk());
  EXPECT_THAT((*session)->AppendRows(Rows(3, {{"d"}, {"e"}})),
              IsStatus(StatusCode::kInvalidArgument,
                       "rows 3 to 4 of table users are beyond the 4 that begin "
                       "announces"));
  EXPECT_THAT((*session)->Complete(),
              IsStatus(StatusCode::kInvalidArgument,
                       "table users has 3 rows, expected 4"));
  EXPECT_THAT((*session)->AppendRows(Rows(3, {{"d"}})), IsOk());
  EXPECT_THAT((*session)->Complete(), IsOk());
}

TEST_F(ImportRowsTest, FilesAndRowsAreOfTablesOfTheirOwn) {
  v1::ImportRows rows = Rows(0, {{"a"}});
  rows.set_table("words");
  ExpectRowsRefused(rows,
                    "a part is of the rows of table words, expected parts of "
                    "its file: begin names one");
  rows.set_table("../users");
  ExpectRowsRefused(rows, "which the import does not name");
  auto session = Open(begin_);
  ASSERT_THAT(session, IsOk());
  EXPECT_THAT(
      (*session)->Append(Chunk("users", false, 0, "x")),
      IsStatus(StatusCode::kInvalidArgument,
               HasSubstr("is of a file of table users, expected rows")));
}

TEST_F(ImportRowsTest, RefusesATableThatIsNone) {
  using Begin = v1::ImportBegin;
  const auto expect_refused = [&](auto spoil, const std::string& sentence) {
    Begin begin = begin_;
    spoil(begin.mutable_tables(1));
    EXPECT_THAT(Open(begin),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr(sentence)));
    EXPECT_TRUE(fs::is_empty(options_.repository)) << sentence;
  };
  using Table = v1::ImportTable;
  expect_refused([](Table* t) { t->mutable_rows()->set_dimension(0); },
                 "table users of rows has dimension 0, expected 1 to 32768");
  expect_refused([](Table* t) { t->mutable_rows()->set_dimension(32769); },
                 "has dimension 32769");
  expect_refused([](Table* t) { t->mutable_rows()->set_rows(kMaxRows + 1); },
                 "has 4294967295 of them, expected at most 4294967294");
  expect_refused([](Table* t) { t->set_file_bytes(1); },
                 "says something of files");
  expect_refused([](Table* t) { t->set_attributes_bytes(1); },
                 "says something of files");
  expect_refused([](Table* t) { t->set_tensor("x"); },
                 "says something of files");
  expect_refused([](Table* t) { t->set_attribute_types("year"); },
                 "expected NAME:TYPE");
}

TEST_F(ImportRowsTest, GoesOnWithTheSameRowsOnly) {
  ASSERT_THAT(Open(begin_), IsOk());
  const auto expect_refused = [&](auto change, const std::string& sentence) {
    v1::ImportBegin begin = begin_;
    change(begin.mutable_tables(1));
    EXPECT_THAT(Open(begin),
                IsStatus(StatusCode::kFailedPrecondition, HasSubstr(sentence)));
  };
  using Table = v1::ImportTable;
  expect_refused([](Table* t) { t->mutable_rows()->set_dimension(3); },
                 "was begun with table users of rows of 2 numbers, not with "
                 "table users of rows of 3 numbers");
  expect_refused([](Table* t) { t->mutable_rows()->set_rows(7); },
                 "users of 7 rows of 2 numbers");
  expect_refused([](Table* t) { t->set_stamp("2"); }, "they have changed");
  expect_refused([](Table* t) { t->set_attribute_types("a:int"); },
                 "with attributes a:int");
}

}  // namespace
}  // namespace akin::server
