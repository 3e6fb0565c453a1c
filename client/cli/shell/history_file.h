// Where the lines of earlier shells are.
#ifndef AKIN_CLIENT_CLI_SHELL_HISTORY_FILE_H_
#define AKIN_CLIENT_CLI_SHELL_HISTORY_FILE_H_

#include <string>
#include <utility>
#include <vector>

namespace akin::client {

// $XDG_STATE_HOME/akin/history, by default of ~/.local/state; empty: the
// environment says neither. A relative $XDG_STATE_HOME counts for none.
std::string HistoryPath();

// Lines, oldest first. One who cannot write the file works without it: no
// failure is one of the shell's.
class HistoryFile {
 public:
  static constexpr size_t kMostLines = 1000;

  explicit HistoryFile(std::string path) : path_(std::move(path)) {}

  // The last kMostLines, and leaves no more than them in the file.
  std::vector<std::string> Load() const;

  // Appends a line, so that shells of the same time keep each other's. Creates
  // the file, for its owner only, and the folders on its way.
  void Append(const std::string& line) const;

 private:
  const std::string path_;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_HISTORY_FILE_H_
