// Answers of eval-analogies and eval-similarity.
#ifndef AKIN_CLIENT_CLI_RENDER_EVALUATION_H_
#define AKIN_CLIENT_CLI_RENDER_EVALUATION_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "client/cli/evaluate_analogies.h"
#include "client/cli/evaluate_word_pairs.h"
#include "client/cli/target.h"
#include "client/cli/terminal.h"

namespace akin::client {

// What was evaluated.
struct Evaluated {
  Target target;
  int64_t version = 0;
  uint64_t malformed = 0;  // lines of the file that were left out
  // Questions or pairs with unknown words were counted, not skipped.
  bool unknown_counts = false;
};

// A line a section that has questions, and one for all.
void PrintAnalogyScores(const Terminal& terminal, const Evaluated& evaluated,
                        const std::vector<AnalogyScore>& scores);
// An object with "sections" and "total"; "accuracy" is a share, null of none.
nlohmann::ordered_json AnalogyScoresJson(
    const Evaluated& evaluated, const std::vector<AnalogyScore>& scores);

void PrintWordPairScore(const Terminal& terminal, const Evaluated& evaluated,
                        const WordPairScore& score);
// Correlations that there are not are null.
nlohmann::ordered_json WordPairScoreJson(const Evaluated& evaluated,
                                         const WordPairScore& score);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_RENDER_EVALUATION_H_
