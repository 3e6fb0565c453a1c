#include "client/cli/shell/history_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace akin::client {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kFolder = 0700;

std::string EnvironmentPath(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && value[0] == '/' ? value : "";
}

void CreateFolders(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != path.npos;
       slash = path.find('/', slash + 1)) {
    mkdir(path.substr(0, slash).c_str(), kFolder);
  }
}

// Whether all of it was written.
bool WriteText(const std::string& path, int flags, absl::string_view text) {
  const int file =
      open(path.c_str(), flags | O_WRONLY | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (file < 0) return false;
  const ssize_t written = write(file, text.data(), text.size());
  close(file);
  return written == static_cast<ssize_t>(text.size());
}

}  // namespace

std::string HistoryPath() {
  std::string state = EnvironmentPath("XDG_STATE_HOME");
  if (state.empty()) {
    const std::string home = EnvironmentPath("HOME");
    if (home.empty()) return "";
    state = absl::StrCat(home, "/.local/state");
  }
  return absl::StrCat(state, "/akin/history");
}

std::vector<std::string> HistoryFile::Load() const {
  std::vector<std::string> lines;
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  if (lines.size() <= kMostLines) return lines;
  lines.erase(lines.begin(),
              lines.end() - static_cast<std::ptrdiff_t>(kMostLines));
  std::string text;
  for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
  const std::string shortened = absl::StrCat(path_, ".", getpid());
  if (!WriteText(shortened, O_EXCL, text) ||
      std::rename(shortened.c_str(), path_.c_str()) != 0) {
    unlink(shortened.c_str());
  }
  return lines;
}

void HistoryFile::Append(const std::string& line) const {
  if (path_.empty()) return;
  CreateFolders(path_);
  WriteText(path_, O_APPEND, absl::StrCat(line, "\n"));
}

}  // namespace akin::client
