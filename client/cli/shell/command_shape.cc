#include "client/cli/shell/command_shape.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace akin::client {
namespace {

constexpr char kTarget[] = "MODEL/TABLE";

CommandShape ShapeOf(const CLI::App& app) {
  CommandShape shape;
  if (app.get_parent() != nullptr) shape.name = app.get_name();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      shape.positionals.push_back(option->get_name(true, false));
      shape.repeats_last = option->get_items_expected_max() > 1;
      continue;
    }
    const bool takes_value = option->get_items_expected_max() > 0;
    const std::string& text = option->get_option_text();
    const std::string value =
        !takes_value ? "" : (text.empty() ? std::string("VALUE") : text);
    for (const std::string& name : option->get_snames()) {
      shape.flags.push_back({absl::StrCat("-", name), value});
    }
    for (const std::string& name : option->get_lnames()) {
      shape.flags.push_back({absl::StrCat("--", name), value});
    }
  }
  return shape;
}

const FlagShape* FindFlag(const CommandShape* command, absl::string_view name) {
  if (command == nullptr) return nullptr;
  const auto found =
      std::find_if(command->flags.begin(), command->flags.end(),
                   [name](const FlagShape& flag) { return flag.name == name; });
  return found == command->flags.end() ? nullptr : &*found;
}

WordRole Positional(const CommandShape* command, size_t position) {
  WordRole role{WordRole::kPositional, "", position};
  if (command == nullptr || command->positionals.empty()) return role;
  const size_t count = command->positionals.size();
  if (position >= count && !command->repeats_last) return role;
  role.stands_for = command->positionals[std::min(position, count - 1)];
  return role;
}

}  // namespace

std::vector<CommandShape> ShapesOf(const CLI::App& program) {
  std::vector<CommandShape> shapes = {ShapeOf(program)};
  for (const CLI::App* command : program.get_subcommands(nullptr)) {
    shapes.push_back(ShapeOf(*command));
  }
  return shapes;
}

const CommandShape* FindCommand(const std::vector<CommandShape>& commands,
                                absl::string_view name) {
  for (const CommandShape& command : commands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

LineShape ShapeOfLine(const std::vector<CommandShape>& commands,
                      const std::vector<std::string>& words) {
  LineShape line;
  const CommandShape* scope = FindCommand(commands, "");
  bool named = false;
  bool only_values = false;
  size_t positionals = 0;
  std::string awaited;  // what stands for the value of the flag before
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!awaited.empty()) {
      line.roles.push_back({WordRole::kValue, std::exchange(awaited, ""), 0});
    } else if (!only_values && word.size() > 1 && word[0] == '-') {
      line.roles.push_back({WordRole::kFlag, "", 0});
      const FlagShape* flag = FindFlag(scope, word);
      if (flag != nullptr) awaited = flag->value;
      only_values = word == "--";
    } else if (!named) {
      line.roles.push_back({WordRole::kCommand, "", 0});
      named = true;
      line.command_word = i;
      line.command = scope =
          word.empty() ? nullptr : FindCommand(commands, word);
    } else {
      line.roles.push_back(Positional(line.command, positionals++));
    }
  }
  return line;
}

bool LooksLikeTarget(absl::string_view text) {
  const size_t slash = text.find('/');
  return slash != text.npos && slash > 0 && slash + 1 < text.size() &&
         text.find('/', slash + 1) == text.npos;
}

std::vector<std::string> WithTarget(const std::vector<CommandShape>& commands,
                                    std::vector<std::string> words,
                                    const std::string& target) {
  const LineShape line = ShapeOfLine(commands, words);
  if (line.command == nullptr || line.command->positionals.empty() ||
      line.command->positionals[0] != kTarget) {
    return words;
  }
  const auto end_of_flags =
      std::find(words.begin() + static_cast<std::ptrdiff_t>(line.command_word),
                words.end(), "--");
  const auto flags_end = static_cast<size_t>(end_of_flags - words.begin());
  for (size_t i = 0; i < words.size(); ++i) {
    if (line.roles[i].kind != WordRole::kPositional) continue;
    // What stands behind "--" is an id, whatever it looks like.
    if (i < flags_end && LooksLikeTarget(words[i])) return words;
    break;
  }
  words.insert(
      words.begin() + static_cast<std::ptrdiff_t>(line.command_word) + 1,
      target);
  return words;
}

}  // namespace akin::client
