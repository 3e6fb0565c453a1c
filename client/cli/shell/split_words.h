// The words of a line, quoted as in a POSIX shell.
#ifndef AKIN_CLIENT_CLI_SHELL_SPLIT_WORDS_H_
#define AKIN_CLIENT_CLI_SHELL_SPLIT_WORDS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin::client {

// Words stand between spaces and tabs. Within '...' every character is itself,
// within "..." all but '"' and a '\' in front of '"' or '\'; outside of both
// '\' makes the next character itself. Nothing else means anything: no
// variables, no patterns. A usage error if a quote is not closed or the line
// ends in a single '\'.
absl::StatusOr<std::vector<std::string>> SplitWords(absl::string_view line);

struct Word {
  std::string text;     // without the quotes
  size_t begin = 0;     // where it begins in the line, in bytes
  char open_quote = 0;  // the ' or " that is not closed
};

// The same for a line that is still being typed: nothing is an error. The last
// word is the one at the line's end, empty if a space stands there.
std::vector<Word> SplitUnfinished(absl::string_view line);

// How `text` is typed so that SplitWords reads it as one word: as it is, or in
// quotes, of the kind `preferred` if that is ' or " and can be. Not `closed`:
// without the quote at the end.
std::string QuoteWord(absl::string_view text, char preferred = 0,
                      bool closed = true);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_SPLIT_WORDS_H_
