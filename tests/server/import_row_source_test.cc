// Rows of a spool, read back.

#include "server/import_row_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/import_row_spool.h"
#include "tests/server/import_rows_fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ImportRowSourceTest : public testing::Test {
 protected:
  RowSpool Spool(const std::vector<v1::ImportRows>& parts) {
    auto spool = RowSpool::Open(path_, table_);
    EXPECT_THAT(spool, IsOk());
    for (const v1::ImportRows& rows : parts) {
      EXPECT_THAT(spool->Append(rows, 1), IsOk());
    }
    return *std::move(spool);
  }
  // "id: x, y" of each row until the end, or the error.
  absl::StatusOr<std::vector<std::string>> ReadAll(uint64_t rows) const {
    auto source = ImportRowSource::Open(path_, table_, rows);
    EXPECT_THAT(source, IsOk());
    std::vector<std::string> all;
    std::vector<float> values((*source)->dimension());
    SourceRow row;
    while (true) {
      const auto next = (*source)->Next(absl::MakeSpan(values), &row);
      if (!next.ok()) return next.status();
      if (*next == VectorSource::Outcome::kEnd) return all;
      EXPECT_EQ(*next, VectorSource::Outcome::kRow);
      EXPECT_EQ(row.unit, "row");
      EXPECT_EQ(row.position, all.size());
      all.push_back(absl::StrCat(row.id, ": ", values[0], ", ", values[1]));
    }
  }

  TempDir dir_;
  const std::string path_ = dir_.Path("users.rows");
  v1::ImportTable table_ = RowTable();
};

TEST_F(ImportRowSourceTest, ReadsEachTypeOfNumbers) {
  const RowSpool spool = Spool({
      Rows(0, {{"a", 1, 2}, {"b", 3, 4}}),
      BlockRows(2, {"c", "d"}, v1::DTYPE_F32, FloatBytes({0.5, -1, 7, 8})),
      BlockRows(4, {"e"}, v1::DTYPE_F16, std::string("\x00\x3e\x00\xc0", 4)),
      BlockRows(5, {"f"}, v1::DTYPE_I8, "\xfd\x64"),
  });
  EXPECT_EQ(spool.rows(), 6u);
  EXPECT_THAT(*ReadAll(6), ElementsAre("a: 1, 2", "b: 3, 4", "c: 0.5, -1",
                                       "d: 7, 8", "e: 1.5, -2", "f: -3, 100"));
}

TEST_F(ImportRowSourceTest, SaysThatTheSpoolIsDamaged) {
  Spool({Rows(0, {{"a"}}), Rows(1, {{"b"}})});
  EXPECT_THAT(ReadAll(3), IsStatus(StatusCode::kDataLoss,
                                   HasSubstr("behind row 2 is missing")));
  std::ofstream(path_, std::ios::binary | std::ios::app) << "akr1";
  EXPECT_THAT(ReadAll(2), IsStatus(StatusCode::kDataLoss,
                                   HasSubstr("expected a whole block")));
  EXPECT_THAT(ReadAll(2),
              IsStatus(StatusCode::kDataLoss, HasSubstr("users.rows: byte")));
}

TEST_F(ImportRowSourceTest, ReadsAttributes) {
  table_.set_attribute_types("genre:keyword_list,added:timestamp");
  v1::ImportRows first = Rows(0, {{"a"}, {"b"}});
  AddInt("year", 1990, first.add_attributes());
  v1::ImportRowAttributes* b = first.add_attributes();
  AddText("genre", "Drama", b);
  AddText("added", "1970-01-01T00:00:01Z", b);
  AddAttribute("year", b);  // no value
  v1::ImportRows third = Rows(3, {{"d"}});
  AddAttribute("year", third.add_attributes())
      ->add_values()
      ->set_float_value(1.5);
  const RowSpool spool = Spool({first, Rows(2, {{"c"}}), third});
  TableSpec spec;
  ReadRowsOf(spool, &spec);
  EXPECT_EQ(spec.source.path, path_);
  EXPECT_EQ(spec.attributes.path, path_);
  const auto file = spec.attributes.open();
  ASSERT_THAT(file, IsOk());
  std::vector<std::string> columns;
  for (const AttributeFile::Column& column : (*file)->columns()) {
    columns.push_back(
        absl::StrCat(column.name, ":", AttributeTypeName(*column.type)));
  }
  EXPECT_THAT(columns, ElementsAre("added:timestamp", "genre:keyword_list",
                                   "year:float"));
  AttributeRow row;
  const auto next = [&] {
    const auto found = (*file)->Next(&row);
    EXPECT_THAT(found, IsOk());
    return found.ok() && *found;
  };
  ASSERT_TRUE(next());
  EXPECT_EQ(row.line, 1u);
  EXPECT_EQ(row.id, "a");
  ASSERT_EQ(row.fields.size(), 1u);
  EXPECT_EQ(row.fields[0].first, 2u);
  EXPECT_EQ(std::get<int64_t>(row.fields[0].second), 1990);
  ASSERT_TRUE(next());
  ASSERT_EQ(row.fields.size(), 2u);
  EXPECT_THAT(std::get<std::vector<std::string>>(row.fields[0].second),
              ElementsAre("Drama"));
  EXPECT_EQ(std::get<int64_t>(row.fields[1].second), 1'000'000);
  ASSERT_TRUE(next());
  EXPECT_EQ(row.id, "c");
  EXPECT_THAT(row.fields, IsEmpty());
  ASSERT_TRUE(next());
  EXPECT_EQ(row.line, 4u);
  EXPECT_EQ(std::get<double>(row.fields.at(0).second), 1.5);
  EXPECT_FALSE(next());
}

TEST_F(ImportRowSourceTest, RowsWithoutAttributesHaveNone) {
  const RowSpool spool = Spool({Rows(0, {{"a"}})});
  TableSpec spec;
  ReadRowsOf(spool, &spec);
  EXPECT_EQ(spec.attributes.path, "");
  ASSERT_TRUE(spec.open);
  const auto source = spec.open();
  ASSERT_THAT(source, IsOk());
  EXPECT_EQ((*source)->format(), "rows");
  EXPECT_EQ((*source)->announced_rows(), 1u);
}

TEST_F(ImportRowSourceTest, TypesAreKnownAgainAfterARestart) {
  v1::ImportRows rows = Rows(0, {{"a"}});
  AddInt("year", 1990, rows.add_attributes());
  { Spool({rows}); }
  RowSpool spool = Spool({});
  EXPECT_TRUE(spool.columns().any());
  v1::ImportRows other = Rows(1, {{"b"}});
  AddText("year", "x", other.add_attributes());
  EXPECT_THAT(spool.Append(other, 1), IsStatus(StatusCode::kInvalidArgument,
                                               HasSubstr("expected int")));
  EXPECT_EQ(spool.rows(), 1u);
}

TEST_F(ImportRowSourceTest, AttributesAreOfEachRowOrOfNone) {
  RowSpool spool = Spool({});
  v1::ImportRows rows = Rows(0, {{"a"}, {"b"}});
  AddInt("year", 1990, rows.add_attributes());
  EXPECT_THAT(
      spool.Append(rows, 1),
      IsStatus(StatusCode::kInvalidArgument,
               HasSubstr("have 2 ids and the attributes of 1 rows, expected "
                         "those of each row, or of none")));
}

}  // namespace
}  // namespace akin::server
