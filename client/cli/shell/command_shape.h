// What the commands take, for completion: read off the command line itself.
#ifndef AKIN_CLIENT_CLI_SHELL_COMMAND_SHAPE_H_
#define AKIN_CLIENT_CLI_SHELL_COMMAND_SHAPE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace CLI {
class App;
}

namespace akin::client {

struct FlagShape {
  std::string name;  // "--id", "-k"
  // What stands for its value in the help, such as "[TABLE:]ID"; empty: it
  // takes none.
  std::string value;
};

struct CommandShape {
  std::string name;  // empty: the program itself, whose flags come first
  std::vector<FlagShape> flags;
  std::vector<std::string> positionals;  // "MODEL/TABLE", "ID"; in order
  bool repeats_last = false;             // the last one, any number of times
};

// The program, and each of its commands.
std::vector<CommandShape> ShapesOf(const CLI::App& program);

// Null: there is none.
const CommandShape* FindCommand(const std::vector<CommandShape>& commands,
                                absl::string_view name);

// What a word of a line is.
struct WordRole {
  enum Kind { kCommand, kFlag, kValue, kPositional } kind;
  // Of kValue and kPositional what stands for it in the help; empty: there is
  // nothing that it could be.
  std::string stands_for;
  // Of kPositional: which one, from 0.
  size_t position = 0;
};

// One role for each of `words`, and the command they belong to, if it is known.
struct LineShape {
  const CommandShape* command = nullptr;
  size_t command_word = 0;
  std::vector<WordRole> roles;
};
LineShape ShapeOfLine(const std::vector<CommandShape>& commands,
                      const std::vector<std::string>& words);

// Whether `text` is a name like glove/words.
bool LooksLikeTarget(absl::string_view text);

// `words` with `target` behind the command if that takes MODEL/TABLE and its
// first positional does not look like one.
std::vector<std::string> WithTarget(const std::vector<CommandShape>& commands,
                                    std::vector<std::string> words,
                                    const std::string& target);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_COMMAND_SHAPE_H_
