#include "index/base/fold_case.h"

#include <gtest/gtest.h>

#include <string>

#include "index/base/utf8.h"

namespace akin {
namespace {

TEST(FoldCaseTest, LettersLoseTheirCase) {
  EXPECT_EQ(FoldCase("King Kong 2_-"), "king kong 2_-");
  EXPECT_EQ(FoldCase("ÀÉÞ Ÿ ŁÓDŹ ĲSSEL"), "àéþ ÿ łódź ĳssel");
  EXPECT_EQ(FoldCase("ΑΘΗΝΑ ΟΔΟΣ οδος"), "αθηνα οδοσ οδοσ");
  EXPECT_EQ(FoldCase("МОСКВА Ѐ Ґ"), "москва ѐ ґ");
  EXPECT_EQ(FoldCase("ԵՐԵՒԱՆ"), "երեւան");
  EXPECT_EQ(FoldCase("VIỆT NAM"), "việt nam");
  EXPECT_EQ(FoldCase("ＡＢＣ Ⅷ"), "ａｂｃ ⅷ");
  EXPECT_EQ(FoldCase("𐐀"), "𐐨");
}

TEST(FoldCaseTest, OneCodePointStaysOne) {
  EXPECT_EQ(FoldCase("STRAßE"), "straße");  // and not "strasse"
  EXPECT_EQ(FoldCase("ẞ"), "ß");
  EXPECT_EQ(FoldCase("İı"), "İı");  // Turkish has other pairs
  EXPECT_EQ(FoldCase("東京 عربى 👑 \n"), "東京 عربى 👑 \n");
  EXPECT_EQ(FoldCase(""), "");
  // Letters whose two cases differ in bytes.
  EXPECT_EQ(FoldCase("\u212A \u017F \u023A"), "k s \u2C65");
}

TEST(FoldCaseTest, FoldingTwiceIsFoldingOnce) {
  int folding = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    const char32_t folded = FoldCase(c);
    ASSERT_EQ(FoldCase(folded), folded) << static_cast<uint32_t>(c);
    ASSERT_LE(folded, 0x10FFFFu);
    if (folded != c) ++folding;
  }
  EXPECT_EQ(folding, 1454);  // lines C and S of CaseFolding.txt in Unicode 14
}

TEST(FoldCaseTest, EveryCodePointSurvivesItsBytes) {
  for (char32_t c = 1; c <= 0x10FFFF; c = c < 0x3000 ? c + 1 : c + 97) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text =
        c < 0x80      ? std::string(1, static_cast<char>(c))
        : c < 0x800   ? std::string{static_cast<char>(0xC0 | c >> 6)}
        : c < 0x10000 ? std::string{static_cast<char>(0xE0 | c >> 12)}
                      : std::string{static_cast<char>(0xF0 | c >> 18)};
    for (int shift = c < 0x80      ? -1
                     : c < 0x800   ? 0
                     : c < 0x10000 ? 6
                                   : 12;
         shift >= 0; shift -= 6) {
      text.push_back(static_cast<char>(0x80 | (c >> shift & 0x3F)));
    }
    absl::string_view rest = text;
    ASSERT_EQ(TakeCodePoint(&rest), c);
    ASSERT_TRUE(rest.empty());
    const std::string folded = FoldCase(absl::string_view(text));
    ASSERT_TRUE(IsValidUtf8(folded)) << text;
    rest = folded;
    ASSERT_EQ(TakeCodePoint(&rest), FoldCase(c)) << text;
    ASSERT_EQ(IsFolded(text), folded == text) << text;
  }
}

TEST(FoldCaseTest, CutTextIsReadToItsEnd) {
  EXPECT_EQ(FoldCase("a\xE6\x9D").substr(0, 1), "a");
  absl::string_view cut = "\xF0\x9F";
  TakeCodePoint(&cut);
  EXPECT_TRUE(cut.empty());
}

}  // namespace
}  // namespace akin
