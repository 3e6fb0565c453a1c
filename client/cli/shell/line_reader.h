// Where a shell's lines come from.
#ifndef AKIN_CLIENT_CLI_SHELL_LINE_READER_H_
#define AKIN_CLIENT_CLI_SHELL_LINE_READER_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "client/cli/shell/completion.h"

namespace akin::client {

struct ReadLine {
  enum Kind {
    kLine,
    kInterrupted,  // Ctrl-C: what was typed is void
    kEnd,          // there are no more
  };
  Kind kind = kEnd;
  std::string text;  // of kLine, without the line end
};

class LineReader {
 public:
  virtual ~LineReader() = default;

  // Shows `prompt`, if a person types, and waits for a line.
  virtual ReadLine Read(const std::string& prompt) = 0;

  // A line that somebody may want to have again.
  virtual void Remember(const std::string& line) = 0;
};

// What may stand at `cursor` of a line, in bytes.
using CompleteLine =
    std::function<Completion(absl::string_view line, size_t cursor)>;

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_LINE_READER_H_
