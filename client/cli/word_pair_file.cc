#include "client/cli/word_pair_file.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/failure.h"
#include "client/cli/text_width.h"

namespace akin::client {

absl::StatusOr<WordPairFile> ParseWordPairs(absl::string_view text,
                                            absl::string_view path) {
  WordPairFile file;
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (!IsUtf8(line)) {
      return UsageError(absl::StrCat(path, ", line ", number,
                                     ": expected UTF-8, got \"",
                                     Printable(line), "\""));
    }
    line = absl::StripTrailingAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    std::vector<absl::string_view> cells =
        absl::StrSplit(line, absl::StrContains(line, '\t') ? '\t' : ',');
    for (absl::string_view& cell : cells) {
      cell = absl::StripAsciiWhitespace(cell);
    }
    double similarity = 0;
    if (cells.size() != 3 || cells[0].empty() || cells[1].empty() ||
        !absl::SimpleAtod(cells[2], &similarity) ||
        !std::isfinite(similarity)) {
      ++file.malformed;
      continue;
    }
    file.pairs.push_back(
        {std::string(cells[0]), std::string(cells[1]), similarity});
  }
  if (!file.pairs.empty()) return file;
  return UsageError(
      absl::StrCat(path,
                   ": expected lines of two words and a number with tabs "
                   "or commas between them, got none"));
}

}  // namespace akin::client
