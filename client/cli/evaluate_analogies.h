// Word analogies asked of a server.
#ifndef AKIN_CLIENT_CLI_EVALUATE_ANALOGIES_H_
#define AKIN_CLIENT_CLI_EVALUATE_ANALOGIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/analogy_file.h"
#include "client/cli/progress_line.h"
#include "client/cli/target.h"
#include "client/cli/vocabulary.h"
#include "client/cpp/client.h"

namespace akin::client {

struct AnalogyOptions {
  bool exact = false;  // compare with every vector
  std::optional<float> target_recall;
  // A question with an unknown word counts as answered wrongly, instead of not
  // at all.
  bool unknown_is_wrong = false;
};

struct AnalogyScore {
  std::string section;
  uint64_t correct = 0;
  uint64_t asked = 0;    // that `correct` is a share of
  uint64_t unknown = 0;  // questions with a word that is not in the vocabulary
};

// One a section, in the order of `file`.
//
// As gensim's evaluate_word_analogies does: the answer to a, b, c is the word
// of the vocabulary nearest to b - a + c that is none of the three, also in
// another case. Of a table with another metric than cosine b, a and c have
// their trained lengths, and nearest is what scores best.
//
// `words` were read of `target`, which names their version.
absl::StatusOr<std::vector<AnalogyScore>> EvaluateAnalogies(
    const Client& client, const Target& target, const AnalogyFile& file,
    const ReadWords& words, const AnalogyOptions& options,
    ProgressLine* progress);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_EVALUATE_ANALOGIES_H_
