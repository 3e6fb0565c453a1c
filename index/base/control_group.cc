#include "index/base/control_group.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace akin {
namespace {

// As this process sees it: "/" or "/a/b".
std::string ControlGroup() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (absl::StartsWith(line, "0::/")) return line.substr(3);
  }
  return "/";
}

}  // namespace

std::vector<std::string> ControlGroupFolders() {
  std::vector<std::string> folders;
  for (std::string group = ControlGroup();;) {
    folders.push_back(absl::StrCat("/sys/fs/cgroup", group));
    const size_t slash = group.rfind('/');
    if (slash == std::string::npos || group.size() <= 1) return folders;
    group.resize(std::max<size_t>(slash, 1));
  }
}

}  // namespace akin
