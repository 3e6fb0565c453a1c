// Lines typed at a terminal, edited with libedit.
#ifndef AKIN_CLIENT_CLI_SHELL_EDIT_LINE_READER_H_
#define AKIN_CLIENT_CLI_SHELL_EDIT_LINE_READER_H_

#include <memory>
#include <string>

#include "client/cli/shell/history_file.h"
#include "client/cli/shell/line_reader.h"

namespace akin::client {

// Tab completes, the up key goes back through the lines that begin like what is
// typed, Ctrl-R searches them. Uses stdin, stdout and the user's ~/.editrc. One
// at a time.
class EditLineReader final : public LineReader {
 public:
  EditLineReader(CompleteLine complete, HistoryFile history);
  ~EditLineReader() override;

  ReadLine Read(const std::string& prompt) override;
  void Remember(const std::string& line) override;

 private:
  class Editor;
  std::unique_ptr<Editor> editor_;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_EDIT_LINE_READER_H_
