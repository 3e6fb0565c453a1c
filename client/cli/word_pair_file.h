// Files of word pairs that people judged.
#ifndef AKIN_CLIENT_CLI_WORD_PAIR_FILE_H_
#define AKIN_CLIENT_CLI_WORD_PAIR_FILE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin::client {

struct WordPair {
  std::string a;
  std::string b;
  double similarity;  // as judged, on any scale; finite
};

struct WordPairFile {
  std::vector<WordPair> pairs;
  size_t malformed = 0;  // lines left out, such as a heading
};

// Reads the format of WordSim-353: two words and a number a line, with tabs
// between them, or commas in a line that has no tab. Empty lines and those that
// begin with '#' are comments. A usage error names `path` if that is no UTF-8
// or has no pairs.
absl::StatusOr<WordPairFile> ParseWordPairs(absl::string_view text,
                                            absl::string_view path);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_WORD_PAIR_FILE_H_
