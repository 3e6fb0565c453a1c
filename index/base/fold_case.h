// Letters without their case, as Unicode's simple case folding
// (CaseFolding.txt, status C and S, of Unicode 14) has it: one code point
// becomes one code point, whatever the language. "Straße" and "STRAßE" are
// alike, "STRASSE" is not; Turkish dotted and dotless i stay different from
// each other.
//
// By a table of our own and not by the C library's towlower: that knows letters
// only under a locale, and what it knows differs from machine to machine, while
// the same query is to find the same id everywhere. Thread-safe.

#ifndef AKIN_INDEX_BASE_FOLD_CASE_H_
#define AKIN_INDEX_BASE_FOLD_CASE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace akin {

char32_t FoldCase(char32_t code_point);

// Takes the first code point off `text`, which is not empty and UTF-8.
char32_t TakeCodePoint(absl::string_view* text);

// `text`, which is UTF-8, with every code point folded.
std::string FoldCase(absl::string_view text);

// Whether FoldCase(text) is `text`. Fast where all is ASCII.
bool IsFolded(absl::string_view text);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_FOLD_CASE_H_
