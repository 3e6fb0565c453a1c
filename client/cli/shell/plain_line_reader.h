// Lines of a file, or of a terminal without a line editor.
#ifndef AKIN_CLIENT_CLI_SHELL_PLAIN_LINE_READER_H_
#define AKIN_CLIENT_CLI_SHELL_PLAIN_LINE_READER_H_

#include <cstdio>
#include <ostream>
#include <string>

#include "client/cli/shell/line_reader.h"

namespace akin::client {

class PlainLineReader final : public LineReader {
 public:
  // Both have to outlive the reader. `prompts`: null shows none.
  PlainLineReader(std::FILE* input, std::ostream* prompts)
      : input_(input), prompts_(prompts) {}

  ReadLine Read(const std::string& prompt) override;
  void Remember(const std::string&) override {}

 private:
  std::FILE* const input_;
  std::ostream* const prompts_;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_PLAIN_LINE_READER_H_
