#include "client/cli/text_width.h"

#include <gtest/gtest.h>

#include <sstream>

#include "client/cli/text_table.h"

namespace akin::client {
namespace {

TEST(IsUtf8Test, KnowsTheForms) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("a é 王 👑"));
  for (const char* broken :
       {"\xff", "\x80", "\xc3", "\xc3(", "\xe7\x8e", "\xc0\xaf", "\xe0\x80\xaf",
        "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(IsUtf8(broken));
  }
}

TEST(DisplayWidthTest, CountsColumns) {
  EXPECT_EQ(DisplayWidth("king"), 4);
  EXPECT_EQ(DisplayWidth("naïve"), 5);
  EXPECT_EQ(DisplayWidth("王女"), 4);
  EXPECT_EQ(DisplayWidth("👑"), 2);
  EXPECT_EQ(DisplayWidth("e\xcc\x81"), 1);  // e and a combining acute accent
  EXPECT_EQ(DisplayWidth("█▌"), 2);
}

TEST(PrintableTest, EscapesWhatSteersATerminal) {
  EXPECT_EQ(Printable("a b é王"), "a b é王");
  EXPECT_EQ(Printable("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(Printable("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
  EXPECT_EQ(Printable("\xc2\x9b"), "\\x9b");  // CSI as one character
  EXPECT_EQ(Printable("\xff"), "\\xff");
}

TEST(TextTableTest, LinesUpWideAndCombiningCharacters) {
  std::ostringstream out;
  TextTable table({{"id"}, {"n", Align::kRight}, {"note"}});
  table.AddRow({"king", "1", "x"});
  table.AddRow({"王女", "10", ""});
  table.AddRow({"e\xcc\x81", "100", "z"});
  table.Print({.out = out, .err = out});
  EXPECT_EQ(out.str(),
            "id      n  note\n"
            "king    1  x\n"
            "王女   10\n"
            "e\xcc\x81     100  z\n");
}

TEST(TextTableTest, AVeryLongCellShiftsOnlyItsOwnRow) {
  std::ostringstream out;
  TextTable table({{"id"}, {"n"}});
  table.AddRow({std::string(100, 'a'), "1"});
  table.AddRow({"b", "2"});
  table.Print({.out = out, .err = out});
  EXPECT_EQ(out.str(), "id  n\n" + std::string(100, 'a') + "  1\nb   2\n");
}

}  // namespace
}  // namespace akin::client
