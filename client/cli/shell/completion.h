// What may follow in a line that is being typed.
#ifndef AKIN_CLIENT_CLI_SHELL_COMPLETION_H_
#define AKIN_CLIENT_CLI_SHELL_COMPLETION_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/shell/command_shape.h"

namespace akin::client {

// Some of the names that begin with what was asked for.
struct Names {
  std::vector<std::string> names;
  bool more = false;  // there are others
};

// What completion asks. Each function answers soon, and nothing if it cannot.
struct CompletionSource {
  std::vector<CommandShape> commands;  // with the shell's own
  std::string target;                  // MODEL/TABLE in use; empty: none

  std::function<Names()> models;
  std::function<Names()> tables;  // as MODEL/TABLE
  // The ids of MODEL/TABLE that begin with `prefix`.
  std::function<Names(const std::string& target, const std::string& prefix)>
      ids;
};

struct Completion {
  // What the candidates stand for: the line from here to the cursor, in bytes.
  size_t begin = 0;
  char open_quote = 0;  // that the word at the cursor begins with
  // Whole words, not quoted. All begin with what is typed.
  std::vector<std::string> candidates;
  bool more = false;  // there are others
};

// Of the word at `cursor`, the first `cursor` bytes of `line`.
Completion Complete(absl::string_view line, size_t cursor,
                    const CompletionSource& source);

// What to put in place of the line from completion.begin to the cursor: the
// only candidate and a blank, or as much as all of them begin with. Quoted
// where it has to be; what is there already if nothing can be added.
std::string Replacement(const Completion& completion, absl::string_view typed);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_COMPLETION_H_
