#include "client/cli/shell/split_words.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/failure.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

constexpr absl::string_view kBlanks = " \t\r\n";

struct Split {
  std::vector<Word> words;
  bool ends_in_word = false;
  bool ends_in_backslash = false;
};

// Reads the word at `*position` and leaves that behind it. False: the line ends
// in a single backslash.
bool ReadWord(absl::string_view line, size_t* position, Word* word) {
  size_t& i = *position;
  char& quote = word->open_quote;
  for (; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == 0 && kBlanks.find(c) != kBlanks.npos) return true;
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'') {
      const bool last = i + 1 == line.size();
      if (last && quote == 0) {
        ++i;
        return false;
      }
      const char next = last ? '\0' : line[i + 1];
      if (quote == '"' && next != '"' && next != '\\') {
        word->text.push_back(c);
      } else {
        word->text.push_back(next);
        ++i;
      }
    } else {
      word->text.push_back(c);
    }
  }
  return true;
}

Split SplitLine(absl::string_view line) {
  Split split;
  for (size_t i = 0; i < line.size();) {
    if (kBlanks.find(line[i]) != kBlanks.npos) {
      ++i;
      continue;
    }
    Word word;
    word.begin = i;
    split.ends_in_backslash = !ReadWord(line, &i, &word);
    split.ends_in_word = i == line.size();
    split.words.push_back(std::move(word));
  }
  return split;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> SplitWords(absl::string_view line) {
  Split split = SplitLine(line);
  if (split.ends_in_backslash) {
    return UsageError(
        "expected a character after the \\ at the end of the line, got none");
  }
  std::vector<std::string> words;
  for (Word& word : split.words) {
    if (word.open_quote != 0) {
      return UsageError(absl::StrCat(
          "expected a closing ", std::string(1, word.open_quote), " for ",
          Printable(line.substr(word.begin)), ", got the end of the line"));
    }
    words.push_back(std::move(word.text));
  }
  return words;
}

std::vector<Word> SplitUnfinished(absl::string_view line) {
  Split split = SplitLine(line);
  if (!split.ends_in_word) {
    Word empty;
    empty.begin = line.size();
    split.words.push_back(std::move(empty));
  }
  return std::move(split.words);
}

std::string QuoteWord(absl::string_view text, char preferred, bool closed) {
  const bool plain = text.find_first_of(" \t\r\n'\"\\") == text.npos;
  if (plain && preferred == 0 && !(text.empty() && closed)) {
    return std::string(text);
  }
  // Nothing can stand for a ' between two of them.
  const char quote =
      preferred == '"' || text.find('\'') != text.npos ? '"' : '\'';
  std::string quoted(1, quote);
  for (const char c : text) {
    if (quote == '"' && (c == '"' || c == '\\')) quoted.push_back('\\');
    quoted.push_back(c);
  }
  if (closed) quoted.push_back(quote);
  return quoted;
}

}  // namespace akin::client
