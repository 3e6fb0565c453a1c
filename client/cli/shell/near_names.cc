#include "client/cli/shell/near_names.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace akin::client {
namespace {

// The optimal string alignment distance.
size_t Edits(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<size_t>> edits(a.size() + 1,
                                         std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) edits[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) edits[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      edits[i][j] = std::min({edits[i - 1][j] + 1, edits[i][j - 1] + 1,
                              edits[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
      }
    }
  }
  return edits[a.size()][b.size()];
}

}  // namespace

std::vector<std::string> NearNames(absl::string_view name,
                                   const std::vector<std::string>& names) {
  constexpr size_t kMostEdits = 2;
  constexpr size_t kLongest = 64;  // of a name that is worth the comparison
  std::vector<std::pair<size_t, std::string>> near;
  if (name.size() > kLongest) return {};
  for (const std::string& known : names) {
    const size_t edits = Edits(name, known);
    if (edits <= kMostEdits && 2 * edits < name.size()) {
      near.emplace_back(edits, known);
    }
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  std::vector<std::string> nearest;
  for (auto& [edits, known] : near) nearest.push_back(std::move(known));
  return nearest;
}

}  // namespace akin::client
