#include "client/cli/vector_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>

#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename Number>
std::string Bytes(std::initializer_list<Number> numbers) {
  std::string bytes;
  for (const Number number : numbers) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof(number));
  }
  return bytes;
}

std::string Npy(const std::string& dtype, const std::string& shape,
                const std::string& numbers, const char* column_major = "False",
                int version = 1) {
  const std::string header = "{'descr': " + dtype +
                             ", 'fortran_order': " + column_major +
                             ", 'shape': " + shape + ", }   \n";
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  const uint32_t length = header.size();
  file.append(reinterpret_cast<const char*>(&length), version == 1 ? 2 : 4);
  return file + header + numbers;
}

std::string Refusal(const absl::StatusOr<VectorRows>& rows) {
  EXPECT_EQ(rows.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(rows.status().message());
}

TEST(ParseVectorTextTest, ReadsJson) {
  EXPECT_THAT(*ParseVectorText(" [0.5, -2, 3e2]\n"),
              ElementsAre(ElementsAre(0.5F, -2.0F, 300.0F)));
  EXPECT_THAT(*ParseVectorText("[[1, 2], [3, 4]]"),
              ElementsAre(ElementsAre(1, 2), ElementsAre(3, 4)));
}

TEST(ParseVectorTextTest, ReadsNumbersWithBlanksOrCommas) {
  EXPECT_THAT(*ParseVectorText("0.5 -2\t3e2\r\n4"),
              ElementsAre(ElementsAre(0.5F, -2.0F, 300.0F, 4.0F)));
  EXPECT_THAT(*ParseVectorText("1, 2,3"), ElementsAre(ElementsAre(1, 2, 3)));
}

TEST(ParseVectorTextTest, SaysWhichNumberIsWrong) {
  EXPECT_THAT(Refusal(ParseVectorText("1 2 x")),
              AllOf(HasSubstr("number 3"), HasSubstr("\"x\"")));
  EXPECT_THAT(Refusal(ParseVectorText("[1, null]")),
              AllOf(HasSubstr("number 2"), HasSubstr("null")));
  EXPECT_THAT(Refusal(ParseVectorText("[[1], [2, \"a\"]]")),
              AllOf(HasSubstr("row 2, number 2"), HasSubstr("\"a\"")));
  EXPECT_THAT(Refusal(ParseVectorText("nan")), HasSubstr("finite"));
  EXPECT_THAT(Refusal(ParseVectorText("[1e39]")), HasSubstr("finite"));
  EXPECT_THAT(Refusal(ParseVectorText("[1, 2")), HasSubstr("cut off"));
}

TEST(ParseVectorTextTest, RefusesNoNumbers) {
  for (const char* text : {"", " \n", "[]", "[[]]", "[[1], []]"}) {
    EXPECT_THAT(Refusal(ParseVectorText(text)), HasSubstr("got none")) << text;
  }
}

TEST(ParseNpyTest, ReadsSingleAndDouble) {
  EXPECT_THAT(*ParseNpy(Npy("'<f4'", "(3,)", Bytes<float>({1, -2, 0.5}))),
              ElementsAre(ElementsAre(1, -2, 0.5)));
  EXPECT_THAT(*ParseNpy(Npy("'<f8'", "(1, 2)", Bytes<double>({1, 2}))),
              ElementsAre(ElementsAre(1, 2)));
}

TEST(ParseNpyTest, ReadsRowsInBothOrders) {
  const std::string numbers = Bytes<float>({1, 2, 3, 4, 5, 6});
  EXPECT_THAT(*ParseNpy(Npy("'<f4'", "(2, 3)", numbers)),
              ElementsAre(ElementsAre(1, 2, 3), ElementsAre(4, 5, 6)));
  EXPECT_THAT(*ParseNpy(Npy("'<f4'", "(2, 3)", numbers, "True", 2)),
              ElementsAre(ElementsAre(1, 3, 5), ElementsAre(2, 4, 6)));
}

TEST(ParseNpyTest, SaysWhatIsWrong) {
  const std::string two = Bytes<float>({1, 2});
  EXPECT_THAT(Refusal(ParseNpy(Npy("'<i4'", "(2,)", two))), HasSubstr("'<i4'"));
  EXPECT_THAT(Refusal(ParseNpy(Npy("'>f4'", "(2,)", two))), HasSubstr("'>f4'"));
  EXPECT_THAT(Refusal(ParseNpy(Npy("'<f4'", "(3,)", two))),
              AllOf(HasSubstr("(3)"), HasSubstr("8 bytes")));
  EXPECT_THAT(Refusal(ParseNpy(Npy("'<f4'", "(1, 1, 2)", two))),
              HasSubstr("(1, 1, 2)"));
  EXPECT_THAT(Refusal(ParseNpy(Npy("'<f4'", "()", two))), HasSubstr("()"));
  EXPECT_THAT(Refusal(ParseNpy(Npy("'<f4'", "(0, 2)", ""))),
              HasSubstr("got none"));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(Refusal(ParseNpy(Npy("'<f4'", "(2, 1)", Bytes<float>({1, nan})))),
              HasSubstr("row 2, number 1"));
  EXPECT_THAT(Refusal(ParseNpy(Npy("'<f8'", "(1,)", Bytes<double>({1e39})))),
              HasSubstr("finite"));
}

// Sizes whose product wraps around must not be believed.
TEST(ParseNpyTest, RefusesAbsurdShapes) {
  const std::string two = Bytes<float>({1, 2});
  for (const char* shape :
       {"(4611686018427387906, 4)", "(1, 2305843009213693954)",
        "(18446744073709551616,)", "(-1, 2)", "(x,)"}) {
    EXPECT_FALSE(ParseNpy(Npy("'<f4'", shape, two)).ok()) << shape;
  }
}

TEST(ParseNpyTest, RefusesEveryCut) {
  const std::string whole = Npy("'<f4'", "(2,)", Bytes<float>({1, 2}));
  ASSERT_TRUE(ParseNpy(whole).ok());
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ParseNpy(whole.substr(0, size)).ok()) << size;
  }
}

TEST(ReadVectorFileTest, TellsTheFormatsApart) {
  const TempDir folder;
  const std::string path =
      folder.Write("vectors", Npy("'<f4'", "(2,)", Bytes<float>({1, 2})));
  EXPECT_THAT(*ReadVectorFile(path), ElementsAre(ElementsAre(1, 2)));
  folder.Write("vectors", "3 4\n");
  EXPECT_THAT(*ReadVectorFile(path), ElementsAre(ElementsAre(3, 4)));
  folder.Write("vectors", "3 x\n");
  EXPECT_THAT(Refusal(ReadVectorFile(path)), HasSubstr(path));
}

TEST(ReadVectorFileTest, NamesAFileThatCannotBeRead) {
  EXPECT_THAT(Refusal(ReadVectorFile("/no/such/file")),
              AllOf(HasSubstr("/no/such/file"), HasSubstr("No such file")));
}

}  // namespace
}  // namespace akin::client
