// Attributes in a sealed file: read as they were, or refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/sealed_file.h"
#include "index/table/attributes.h"
#include "index/table/attributes_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

using absl::StatusCode;
using absl::string_view;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr size_t kRows = 10;

// A column of each type, 0 to 5 as the types are numbered; two rows have a
// value, and of the bools all.
Attributes EachType() {
  AttributesBuilder builder(kRows);
  for (int i = 0; i < kAttributeTypes; ++i) {
    const auto type = static_cast<AttributeType>(i);
    if (!builder.AddColumn(AttributeTypeName(type), type).ok()) std::abort();
  }
  bool ok = true;
  for (const uint32_t row : {7, 2}) {
    const std::string text = absl::StrCat("t", row);
    ok = ok && builder.Add(0, row, string_view(text)).ok() &&
         builder.AddList(1, row, {"x", text}).ok() &&
         builder.Add(2, row, int64_t{row}).ok() &&
         builder.Add(3, row, row + 0.5).ok() &&
         builder.Add(5, row, int64_t{row} * 1000).ok();
  }
  for (uint32_t row = 0; row < kRows; ++row) {
    ok = ok && builder.Add(4, row, row % 2 == 0).ok();
  }
  auto built = std::move(builder).Build(nullptr);
  if (!ok || !built.ok()) std::abort();
  return *std::move(built);
}

using Sections = std::vector<std::pair<std::string, std::string>>;

class AttributesSealTest : public testing::Test {
 protected:
  std::string Write(const Sections& sections) {
    const std::string path = dir_.Path(absl::StrCat("f", files_++));
    const auto writer = SealedFileWriter::Create(path);
    EXPECT_THAT(writer, IsOk());
    for (const auto& [name, bytes] : sections) {
      EXPECT_THAT((*writer)->Add(name, bytes), IsOk());
    }
    EXPECT_THAT((*writer)->Finish(), IsOk());
    return path;
  }
  std::string SealOf(const Attributes& attributes) {
    const std::string path = dir_.Path(absl::StrCat("f", files_++));
    const auto writer = SealedFileWriter::Create(path);
    EXPECT_THAT(writer, IsOk());
    EXPECT_THAT(attributes.Seal(writer->get()), IsOk());
    EXPECT_THAT((*writer)->Finish(), IsOk());
    return path;
  }
  absl::StatusOr<Attributes> Open(const std::string& path,
                                  size_t rows = kRows) {
    const auto file = SealedFile::Open(path);
    EXPECT_THAT(file, IsOk());
    return Attributes::Unseal(*file, rows, &pool_);
  }
  Sections SectionsOf(const std::string& path) {
    const auto file = SealedFile::Open(path);
    EXPECT_THAT(file, IsOk());
    Sections sections;
    for (const SealedSection& section : file->sections()) {
      std::string bytes(section.bytes, '\0');
      EXPECT_THAT(file->Read(section.name, bytes.size(), bytes.data(), &pool_),
                  IsOk());
      sections.emplace_back(section.name, bytes);
    }
    return sections;
  }

  TempDir dir_;
  WorkerPool pool_{2};
  int files_ = 0;
};

void ExpectSame(const Attributes& a, const Attributes& b) {
  ASSERT_EQ(a.columns().size(), b.columns().size());
  EXPECT_EQ(a.memory_bytes(), b.memory_bytes());
  for (size_t i = 0; i < a.columns().size(); ++i) {
    const AttributeColumn& before = a.columns()[i];
    const AttributeColumn& after = b.columns()[i];
    EXPECT_EQ(before.name(), after.name());
    EXPECT_EQ(before.type(), after.type());
    EXPECT_EQ(before.count(), after.count());
    EXPECT_EQ(before.keywords(), after.keywords());
    for (uint32_t row = 0; row < a.rows(); ++row) {
      std::vector<AttributeValue> old_values;
      std::vector<AttributeValue> new_values;
      before.AppendValues(row, &old_values);
      after.AppendValues(row, &new_values);
      EXPECT_EQ(old_values, new_values) << before.name() << " " << row;
    }
  }
}

TEST_F(AttributesSealTest, AreReadAsTheyWere) {
  const Attributes attributes = EachType();
  const auto opened = Open(SealOf(attributes));
  ASSERT_THAT(opened, IsOk());
  ExpectSame(attributes, *opened);
  std::vector<uint64_t> words(1);
  opened->Find("keyword_list")->AddKeyword("t7", absl::MakeSpan(words));
  EXPECT_EQ(words[0], 1u << 7);
}

TEST_F(AttributesSealTest, ColumnsMayBeEmpty) {
  AttributesBuilder builder(kRows);
  for (int i = 0; i < kAttributeTypes; ++i) {
    ASSERT_THAT(
        builder.AddColumn(absl::StrCat("a", i), static_cast<AttributeType>(i)),
        IsOk());
  }
  const auto built = std::move(builder).Build(nullptr);
  ASSERT_THAT(built, IsOk());
  const auto opened = Open(SealOf(*built));
  ASSERT_THAT(opened, IsOk());
  ExpectSame(*built, *opened);
}

template <class T>
std::string Bytes(const std::vector<T>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()),
          numbers.size() * sizeof(T)};
}

// What the sums of a file are right of, and is wrong all the same.
TEST_F(AttributesSealTest, WhatCannotBeIsRefused) {
  const Sections good = SectionsOf(SealOf(EachType()));
  struct Case {
    const char* section;
    std::string bytes;
    const char* said;
  };
  const auto u32 = [](std::vector<uint32_t> numbers) { return Bytes(numbers); };
  const auto u64 = [](std::vector<uint64_t> numbers) { return Bytes(numbers); };
  const std::vector<Case> cases = {
      {"attributes", "keyword 2 keyword", "no attribute in line 1"},
      {"attributes", "word 2 a\n", "no attribute in line 1"},
      {"attributes", "keyword 11 a\n", "no attribute in line 1"},
      {"attributes", "keyword -1 a\n", "no attribute in line 1"},
      {"attributes", "keyword 2 ../a\n", "no attribute in line 1"},
      {"attributes", "keyword  2 a\n", "no attribute in line 1"},
      {"attributes", "keyword 2 a\nint 1 a\n", "no attribute in line 2"},
      {"attributes", "keyword 3 a\n", "has 2 values, expected 3"},
      {"attributes", "keyword 10 a\n", "expected"},
      {"attributes", "float 2 a\n", "expected"},
      {"attributes.0.rows", u32({2, 10}), "has row 10 at place 1"},
      {"attributes.0.rows", u32({7, 2}), "has row 2 at place 1"},
      {"attributes.0.rows", u32({7, 7}), "has row 7 at place 1"},
      {"attributes.0.rows", u32({2}), "has 1 values, expected 2"},
      {"attributes.0.rows", "abc", "expected a multiple of 4"},
      {"attributes.0.values", u32({0, 2}), "has a value 2, expected less than"},
      {"attributes.0.values", u32({0, 1, 1}), "has 3 values, expected 2"},
      {"attributes.0.texts", "t7t2", "does not rise at text 2"},
      {"attributes.0.texts", "t2t2", "does not rise at text 2"},
      {"attributes.0.texts", "t2\xff\xff", "is not UTF-8"},
      {"attributes.0.texts", "t2t7x", "has bytes of no text"},
      {"attributes.0.texts.ends", u64({2, 5}), "has a text of bytes 2 to 5"},
      {"attributes.0.texts.ends", u64({3, 2}), "has a text of bytes 3 to 2"},
      {"attributes.0.texts.ends", u64({1, 2, 4}), "bytes"},
      {"attributes.1.ends", u32({2, 2}), "has a list of values 2 to 2"},
      {"attributes.1.ends", u32({0, 4}), "has a list of values 0 to 0"},
      {"attributes.1.ends", u32({2, 5}), "has 4 values, expected 5"},
      {"attributes.1.ends", u32({2, 3}), "has 4 values, expected 3"},
      {"attributes.2.values", Bytes<int64_t>({1}), "has 1 values, expected 2"},
      {"attributes.3.values",
       Bytes<double>({1, std::numeric_limits<double>::quiet_NaN()}),
       "not finite"},
      {"attributes.4.values", u32({0, 1, 2, 1, 0, 1, 0, 1, 0, 1}),
       "has a value 2, expected less than 2"},
  };
  for (const Case& wrong : cases) {
    Sections sections = good;
    for (auto& [name, bytes] : sections) {
      if (name == wrong.section) bytes = wrong.bytes;
    }
    ASSERT_NE(sections, good) << wrong.section;
    EXPECT_THAT(Open(Write(sections)),
                IsStatus(StatusCode::kDataLoss, HasSubstr(wrong.said)))
        << wrong.section << ": " << wrong.said;
  }
}

TEST_F(AttributesSealTest, EverySectionIsNeeded) {
  const Sections good = SectionsOf(SealOf(EachType()));
  ASSERT_GT(good.size(), 10u);
  for (size_t i = 0; i < good.size(); ++i) {
    Sections sections = good;
    sections.erase(sections.begin() + static_cast<ptrdiff_t>(i));
    EXPECT_THAT(
        Open(Write(sections)),
        IsStatus(StatusCode::kDataLoss,
                 AllOf(HasSubstr(good[i].first), HasSubstr("is missing"))));
  }
}

TEST_F(AttributesSealTest, ATableOfOtherRowsIsRefused) {
  const std::string path = SealOf(EachType());
  EXPECT_THAT(Open(path, 7), IsStatus(StatusCode::kDataLoss));
  EXPECT_THAT(Open(path, 1), IsStatus(StatusCode::kDataLoss));
  EXPECT_THAT(Open(path, 11), IsStatus(StatusCode::kDataLoss));
}

}  // namespace
}  // namespace akin
