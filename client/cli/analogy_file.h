// Files of word analogies.
#ifndef AKIN_CLIENT_CLI_ANALOGY_FILE_H_
#define AKIN_CLIENT_CLI_ANALOGY_FILE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin::client {

// a is to b as c is to expected.
struct AnalogyQuestion {
  size_t section;  // its place in AnalogyFile::sections
  std::string a;
  std::string b;
  std::string c;
  std::string expected;
};

struct AnalogyFile {
  std::vector<std::string> sections;  // names
  std::vector<AnalogyQuestion> questions;
  size_t malformed = 0;  // lines left out: not empty, and not four words
};

// Reads the format of questions-words.txt (Mikolov et al. 2013): a line
// ": SECTION" begins a section, the other lines are four words. A usage error
// names `path` if that is no UTF-8, has a line before the first section, or has
// no questions.
absl::StatusOr<AnalogyFile> ParseAnalogies(absl::string_view text,
                                           absl::string_view path);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_ANALOGY_FILE_H_
