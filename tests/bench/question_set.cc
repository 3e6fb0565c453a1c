#include "tests/bench/question_set.h"

#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace akin::bench {

absl::StatusOr<QuestionSet> ReadQuestionSet(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  QuestionSet set;
  std::string line;
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (absl::StartsWith(line, ": ")) {
      set.sections.emplace_back(absl::StripAsciiWhitespace(line.substr(2)));
      continue;
    }
    if (set.sections.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": line ", number,
                       " is before the first section, expected \": name\""));
    }
    std::vector<std::string> words =
        absl::StrSplit(absl::AsciiStrToLower(line), absl::ByAnyChar(" \t\r"),
                       absl::SkipEmpty());
    if (words.size() != 4) continue;
    set.questions.push_back({set.sections.size() - 1, std::move(words[0]),
                             std::move(words[1]), std::move(words[2]),
                             std::move(words[3])});
  }
  return set;
}

}  // namespace akin::bench
