#include "client/cli/shell/completion.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/shell/split_words.h"

namespace akin::client {
namespace {

constexpr char kTarget[] = "MODEL/TABLE";

bool IsContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

class Completer {
 public:
  Completer(const CompletionSource& source, std::vector<std::string> words,
            size_t at)
      : source_(source),
        words_(std::move(words)),
        at_(at),
        line_(ShapeOfLine(source.commands, words_)) {}

  // The candidates for the word at the cursor.
  Completion Run() {
    const WordRole& role = line_.roles[at_];
    const std::string& word = words_[at_];
    switch (role.kind) {
      case WordRole::kCommand:
        for (const CommandShape& command : source_.commands) {
          Add("", command.name);
        }
        break;
      case WordRole::kFlag:
        AddFlagOrValue(word);
        break;
      case WordRole::kValue:
        AddNamed(role.stands_for, "", word);
        break;
      case WordRole::kPositional:
        AddPositional(role, word);
        break;
    }
    return std::move(completion_);
  }

 private:
  // `before` + `name`, if that begins with what is typed.
  void Add(absl::string_view before, const std::string& name) {
    std::string whole = absl::StrCat(before, name);
    auto& all = completion_.candidates;
    if (name.empty() || !absl::StartsWith(whole, words_[at_]) ||
        std::find(all.begin(), all.end(), whole) != all.end()) {
      return;
    }
    all.push_back(std::move(whole));
  }

  void AddAll(absl::string_view before, const Names& names) {
    completion_.more = completion_.more || names.more;
    for (const std::string& name : names.names) Add(before, name);
  }

  // --id or --id=king
  void AddFlagOrValue(const std::string& word) {
    const CommandShape* scope = line_.command;
    if (scope == nullptr) scope = FindCommand(source_.commands, "");
    if (scope == nullptr) return;
    const size_t equals = word.find('=');
    for (const FlagShape& flag : scope->flags) {
      if (equals == word.npos) {
        Add("", flag.name);
      } else if (flag.name == word.substr(0, equals) && !flag.value.empty()) {
        AddNamed(flag.value, word.substr(0, equals + 1),
                 word.substr(equals + 1));
      }
    }
  }

  void AddPositional(const WordRole& role, const std::string& word) {
    AddNamed(role.stands_for, "", word);
    // With a table in use its ids may stand where that would.
    if (source_.target.empty() || !TakesTarget()) return;
    const auto& positionals = line_.command->positionals;
    const size_t next = role.position + 1;
    if (next < positionals.size()) AddNamed(positionals[next], "", word);
  }

  // What `stands_for` stands for in the help. `before` is of the word, but not
  // of the value `text`.
  void AddNamed(absl::string_view stands_for, const std::string& before,
                const std::string& text) {
    if (stands_for == kTarget) {
      AddAll(before, source_.tables());
    } else if (stands_for == "MODEL" ||
               (stands_for == "NAME" && IsOf("model"))) {
      AddAll(before, source_.models());
    } else if (stands_for == "COMMAND") {
      for (const CommandShape& command : source_.commands) {
        Add(before, command.name);
      }
    } else if (stands_for == "ID" || (stands_for == "TEXT" && IsOf("ids"))) {
      AddIds(Target(), before, text);
    } else if (absl::EndsWith(stands_for, "[TABLE:]ID")) {
      AddRefs(stands_for, before, text);
    }
  }

  // [WEIGHT*][TABLE:]ID
  void AddRefs(absl::string_view stands_for, std::string before,
               std::string text) {
    const size_t star = text.find('*');
    if (absl::StartsWith(stands_for, "[WEIGHT*]") && star != text.npos &&
        text.find_first_not_of("0123456789.eE+-") == star) {
      absl::StrAppend(&before, text.substr(0, star + 1));
      text.erase(0, star + 1);
    }
    const std::string target = Target();
    const size_t colon = text.find(':');
    if (colon == text.npos) {
      AddIds(target, before, text);
      return;
    }
    const std::string other = absl::StrCat(
        target.substr(0, target.find('/') + 1), text.substr(0, colon));
    AddIds(other, absl::StrCat(before, text.substr(0, colon + 1)),
           text.substr(colon + 1));
  }

  void AddIds(const std::string& target, const std::string& before,
              const std::string& prefix) {
    if (LooksLikeTarget(target)) AddAll(before, source_.ids(target, prefix));
  }

  bool IsOf(absl::string_view name) const {
    return line_.command != nullptr && line_.command->name == name;
  }

  bool TakesTarget() const {
    return line_.command != nullptr && !line_.command->positionals.empty() &&
           line_.command->positionals[0] == kTarget;
  }

  // What the command asks about, as far as the line says.
  std::string Target() const {
    if (!TakesTarget()) return "";
    for (size_t i = 0; i < words_.size(); ++i) {
      if (line_.roles[i].kind != WordRole::kPositional || i == at_) continue;
      if (LooksLikeTarget(words_[i])) return words_[i];
      break;
    }
    return source_.target;
  }

  const CompletionSource& source_;
  const std::vector<std::string> words_;
  const size_t at_;
  const LineShape line_;
  Completion completion_;
};

}  // namespace

Completion Complete(absl::string_view line, size_t cursor,
                    const CompletionSource& source) {
  cursor = std::min(cursor, line.size());
  const std::vector<Word> before = SplitUnfinished(line.substr(0, cursor));
  std::vector<std::string> words;
  for (const Word& word : before) words.push_back(word.text);
  const size_t at = words.size() - 1;
  // The rest of the word at the cursor stays, and is no word of its own.
  absl::string_view rest = line.substr(cursor);
  if (before[at].open_quote == 0) {
    rest = rest.substr(std::min(rest.find_first_of(" \t"), rest.size()));
    for (Word& word : SplitUnfinished(rest)) {
      if (!word.text.empty()) words.push_back(std::move(word.text));
    }
  }
  Completion completion = Completer(source, std::move(words), at).Run();
  completion.begin = before[at].begin;
  completion.open_quote = before[at].open_quote;
  return completion;
}

std::string Replacement(const Completion& completion, absl::string_view typed) {
  const auto& candidates = completion.candidates;
  if (candidates.empty()) return std::string(typed);
  if (candidates.size() == 1 && !completion.more) {
    return absl::StrCat(QuoteWord(candidates[0], completion.open_quote), " ");
  }
  // The candidates that are not here may go on otherwise.
  if (completion.more) return std::string(typed);
  absl::string_view shared = candidates[0];
  for (const std::string& candidate : candidates) {
    const auto differ = std::mismatch(shared.begin(), shared.end(),
                                      candidate.begin(), candidate.end());
    shared =
        shared.substr(0, static_cast<size_t>(differ.first - shared.begin()));
  }
  // No half of a character.
  const std::string& first = candidates[0];
  size_t size = shared.size();
  while (size > 0 && size < first.size() && IsContinuation(first[size])) --size;
  const std::vector<Word> words = SplitUnfinished(typed);
  if (size <= words.back().text.size()) return std::string(typed);
  return QuoteWord(shared.substr(0, size), completion.open_quote, false);
}

}  // namespace akin::client
