// Imports of rows, of attributes and of files that have to be told apart, from
// their first message to their version.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/version/sealed_version.h"
#include "tests/server/import_rows_fixture.h"
#include "tests/server/import_stream_fixture.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::ImportVersionRequest BeginRows(bool skip_bad_rows = false) {
  v1::ImportVersionRequest request;
  request.mutable_begin()->set_model("m");
  request.mutable_begin()->set_import_id("i");
  *request.mutable_begin()->add_tables() = RowTable();
  request.mutable_begin()->mutable_tables(0)->set_skip_bad_rows(skip_bad_rows);
  return request;
}
v1::ImportVersionRequest RowsMessage(const v1::ImportRows& rows) {
  v1::ImportVersionRequest request;
  *request.mutable_rows() = rows;
  return request;
}
v1::ImportVersionRequest PartOf(v1::ImportFile file, const std::string& data) {
  v1::ImportVersionRequest request = Chunk(0, data);
  request.mutable_chunk()->set_file(file);
  return request;
}

class ImportFormatsTest : public ImportStreamTest {
 protected:
  TableManifest TableOf(int version) const {
    const auto manifest =
        ReadManifest(absl::StrCat(repository_, "/m/", version));
    EXPECT_THAT(manifest, IsOk());
    return manifest.ok() ? manifest->tables.at(0) : TableManifest();
  }
};

TEST_F(ImportFormatsTest, RowsBecomeAVersion) {
  v1::ImportRows rows = Rows(0, {{"a", 1, 0}, {"b", 0, 1}});
  AddInt("year", 1990, rows.add_attributes());
  AddInt("year", 1991, rows.add_attributes());
  ASSERT_THAT(Send({BeginRows(), RowsMessage(rows),
                    RowsMessage(BlockRows(2, {"c"}, v1::DTYPE_I8, "\x01\x01")),
                    FinishMessage()}),
              IsOk());
  const TableManifest table = TableOf(1);
  EXPECT_EQ(table.name, "users");
  EXPECT_EQ(table.rows, 3u);
  EXPECT_EQ(table.dimension, 2u);
  EXPECT_EQ(table.report.source, "rows");
  EXPECT_EQ(table.report.format, "rows");
  ASSERT_EQ(table.sources.size(), 1u);
  EXPECT_EQ(table.sources[0].name, "rows");
  ASSERT_EQ(table.attributes.size(), 1u);
  EXPECT_EQ(table.attributes[0].name, "year");
  EXPECT_EQ(table.attributes[0].type, AttributeType::kInt);
  EXPECT_EQ(table.attributes[0].rows, 2u);
  EXPECT_FALSE(fs::exists(SpoolOf("i") + "/users.rows"));
  // The same again has its answer at once.
  EXPECT_THAT(Send({BeginRows()}), IsOk());
  EXPECT_FALSE(fs::exists(repository_ + "/m/2"));
}

TEST_F(ImportFormatsTest, BadRowsAreNamedByTheirNumber) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<TestRow> rows = {
      {"a", 1, 2}, {"b", nan, 1}, {"c", 0, 0}, {"a", 3, 4}};
  EXPECT_THAT(
      Send({BeginRows(), RowsMessage(Rows(0, rows)), FinishMessage()}),
      IsStatus(StatusCode::kInvalidArgument,
               AllOf(HasSubstr("table m/users: rows: 3 bad rows: row 1 has nan "
                               "as number 1"),
                     HasSubstr("; row 2 "),
                     HasSubstr("; row 3 has the id \"a\" a second time"),
                     Not(HasSubstr(repository_)))));
  EXPECT_FALSE(fs::exists(SpoolOf("i")));
  EXPECT_THAT(Send({BeginRows(/*skip_bad_rows=*/true),
                    RowsMessage(Rows(0, rows)), FinishMessage()}),
              IsOk());
  const TableManifest table = TableOf(1);
  EXPECT_EQ(table.rows, 1u);
  const auto skipped = [&](RowFault fault) {
    return table.report.skipped[static_cast<size_t>(fault)];
  };
  EXPECT_EQ(skipped(RowFault::kNotFinite), 1u);
  EXPECT_EQ(skipped(RowFault::kZeroVector), 1u);
  EXPECT_EQ(skipped(RowFault::kDuplicateId), 1u);
}

TEST_F(ImportFormatsTest, OfAnIdThatComesTwiceTheFirstAttributesAreTaken) {
  v1::ImportRows rows = Rows(0, {{"a", 1, 2}, {"b", 1, 1}, {"a", 3, 4}, {""}});
  for (int year = 1990; year < 1994; ++year) {
    AddText("title", absl::StrCat("of ", year), rows.add_attributes());
  }
  ASSERT_THAT(Send({BeginRows(/*skip_bad_rows=*/true), RowsMessage(rows),
                    FinishMessage()}),
              IsOk());
  const TableManifest table = TableOf(1);
  EXPECT_EQ(table.rows, 2u);
  ASSERT_EQ(table.attributes.size(), 1u);
  EXPECT_EQ(table.attributes[0].rows, 2u);
  EXPECT_EQ(table.attributes[0].keywords, 2u);
  ASSERT_TRUE(table.report.attributes.has_value());
  EXPECT_EQ(table.report.attributes->source, "rows");
  EXPECT_EQ(table.report.attributes->unknown_ids, 1u);
}

TEST_F(ImportFormatsTest, RowsGoOnAfterALostConnection) {
  Call lost = Hold(BeginRows());
  lost.port->Send(RowsMessage(Rows(0, {{"a", 1, 0}, {"b", 0, 1}})));
  while (fs::file_size(SpoolOf("i") + "/users.rows") == 0) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  lost.port->Lose();
  EXPECT_THAT(lost.port->WaitUntilFinished(), Not(IsOk()));
  Call next = Hold(BeginRows());
  ASSERT_TRUE(next.port->written().at(0).has_offsets());
  EXPECT_EQ(next.port->written()[0].offsets().offsets(0).rows(), 2u);
  next.port->Send(RowsMessage(Rows(2, {{"c", 1, 1}})));
  next.port->Send(FinishMessage());
  ASSERT_THAT(next.port->WaitUntilFinished(), IsOk());
  EXPECT_EQ(TableOf(1).rows, 3u);
}

TEST_F(ImportFormatsTest, RowsThatAreRefusedLoseNothing) {
  EXPECT_THAT(
      Send({BeginRows(), RowsMessage(Rows(0, {{"a", 1, 0}})),
            RowsMessage(Rows(1, {{""}}))}),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("its id is empty")));
  Call next = Hold(BeginRows());
  ASSERT_TRUE(next.port->written().at(0).has_offsets());
  EXPECT_EQ(next.port->written()[0].offsets().offsets(0).rows(), 1u);
}

TEST_F(ImportFormatsTest, AttributesAreAFileOfTheTable) {
  const std::string csv = "id,year,genre\nking,1990,Drama|War\nman,1991,\n";
  v1::ImportVersionRequest begin = Begin();
  v1::ImportTable* table = begin.mutable_begin()->mutable_tables(0);
  table->set_attributes_bytes(csv.size());
  table->set_attributes_file_name("a.csv");
  table->set_attribute_types("genre:keyword_list");
  EXPECT_THAT(
      Send({begin, Chunk(0, kWords), FinishMessage()}),
      IsStatus(StatusCode::kInvalidArgument,
               HasSubstr(absl::StrCat("a.csv lacks ", csv.size(), " of"))));
  ASSERT_THAT(
      Send({begin, PartOf(v1::IMPORT_FILE_ATTRIBUTES, csv), FinishMessage()}),
      IsOk());
  const TableManifest sealed = TableOf(1);
  ASSERT_EQ(sealed.attributes.size(), 2u);
  EXPECT_EQ(sealed.attributes[1].type, AttributeType::kKeywordList);
  ASSERT_TRUE(sealed.report.attributes.has_value());
  EXPECT_EQ(sealed.report.attributes->source, "a.csv");
  ASSERT_EQ(sealed.sources.size(), 2u);
  EXPECT_EQ(sealed.sources[1].name, "a.csv");
}

TEST_F(ImportFormatsTest, WhatIsWrongWithAttributesNamesTheirFile) {
  const std::string csv = "id,year\nking,1990\nnobody,1991\n";
  v1::ImportVersionRequest begin = Begin();
  v1::ImportTable* table = begin.mutable_begin()->mutable_tables(0);
  table->set_attributes_bytes(csv.size());
  table->set_attributes_file_name("a.csv");
  EXPECT_THAT(
      Send({begin, PartOf(v1::IMPORT_FILE_ATTRIBUTES, csv),
            PartOf(v1::IMPORT_FILE_VECTORS, kWords), FinishMessage()}),
      IsStatus(StatusCode::kInvalidArgument,
               AllOf(HasSubstr("table m/words: a.csv: 1 id that table words "
                               "does not have: \"nobody\" in line 3"),
                     Not(HasSubstr(repository_)))));
  EXPECT_FALSE(fs::exists(SpoolOf("i")));
}

TEST_F(ImportFormatsTest, PartsOfFilesThatAreNotThereAreRefused) {
  const auto refused = [](const std::string& sentence) {
    return IsStatus(StatusCode::kInvalidArgument, HasSubstr(sentence));
  };
  EXPECT_THAT(Send({Begin(), PartOf(v1::IMPORT_FILE_ATTRIBUTES, "x")}),
              refused("the attributes of table words, which has none"));
  EXPECT_THAT(Send({Begin(), PartOf(static_cast<v1::ImportFile>(9), "x")}),
              refused("file 9 (unknown) of table words, which has none"));
}

// fbin and i8bin of the same bytes are told apart by who sends them.
TEST_F(ImportFormatsTest, AFormatOrATensorIsNamed) {
  const std::string file =
      std::string("\x02\0\0\0\x02\0\0\0", 8) + FloatBytes({1, 2, 3, 4});
  v1::ImportVersionRequest begin = Begin("i", file);
  v1::ImportTable* table = begin.mutable_begin()->mutable_tables(0);
  table->set_file_name("words.bin");
  table->set_format("hnsw");
  EXPECT_THAT(Send({begin}),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("words.bin: format is \"hnsw\"")));
  table->set_format("fbin");
  ASSERT_THAT(Send({begin, Chunk(0, file), FinishMessage()}), IsOk());
  EXPECT_EQ(TableOf(1).report.format, "fbin");
  EXPECT_EQ(TableOf(1).rows, 2u);

  begin = Begin("j");
  begin.mutable_begin()->mutable_tables(0)->set_tensor("emb");
  EXPECT_THAT(Send({begin, Chunk(0, kWords), FinishMessage()}),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("tensor=\"emb\" belongs to a safetensors")));
  begin = Begin("k");
  begin.mutable_begin()->mutable_tables(0)->set_attributes_bytes(1);
  begin.mutable_begin()->mutable_tables(0)->set_attributes_file_name("a");
  begin.mutable_begin()->mutable_tables(0)->set_attribute_types("year");
  EXPECT_THAT(Send({begin}),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("table words: attribute type is \"year\", "
                                 "expected NAME:TYPE")));
}

}  // namespace
}  // namespace akin::server
