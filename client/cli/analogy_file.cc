#include "client/cli/analogy_file.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/failure.h"
#include "client/cli/text_width.h"

namespace akin::client {

absl::StatusOr<AnalogyFile> ParseAnalogies(absl::string_view text,
                                           absl::string_view path) {
  AnalogyFile file;
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const auto wrong = [&](absl::string_view expected) {
      return UsageError(absl::StrCat(path, ", line ", number, ": expected ",
                                     expected, ", got \"", Printable(line),
                                     "\""));
    };
    if (!IsUtf8(line)) return wrong("UTF-8");
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    // A word may begin with a colon.
    if (line == ":" || absl::ConsumePrefix(&line, ": ")) {
      if (line == ":") line.remove_prefix(1);
      file.sections.emplace_back(absl::StripLeadingAsciiWhitespace(line));
      continue;
    }
    if (file.sections.empty()) {
      return wrong("\": SECTION\" before the first question");
    }
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t\v\f\r"), absl::SkipEmpty());
    if (words.size() != 4) {
      ++file.malformed;
      continue;
    }
    file.questions.push_back(
        {file.sections.size() - 1, words[0], words[1], words[2], words[3]});
  }
  if (!file.questions.empty()) return file;
  return UsageError(absl::StrCat(
      path,
      ": expected lines of four words (a b c d: a is to b as c is to d)"
      ", got none"));
}

}  // namespace akin::client
