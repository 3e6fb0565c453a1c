// How well a table's similarities agree with what people judged.
#ifndef AKIN_CLIENT_CLI_EVALUATE_WORD_PAIRS_H_
#define AKIN_CLIENT_CLI_EVALUATE_WORD_PAIRS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "client/cli/progress_line.h"
#include "client/cli/target.h"
#include "client/cli/vocabulary.h"
#include "client/cli/word_pair_file.h"
#include "client/cpp/client.h"

namespace akin::client {

struct WordPairScore {
  // NaN if all judgements, or all similarities, are equal.
  double pearson = 0;
  double spearman = 0;
  uint64_t compared = 0;  // pairs
  uint64_t unknown = 0;   // pairs with a word that is not in the vocabulary
  double unknown_percent = 0;  // of all pairs
};

// As gensim's evaluate_word_pairs: compares the judgements with the cosines of
// the stored vectors, whatever the table's metric. A pair with an unknown word
// is left out, or counts as a cosine of 0 if `unknown_is_zero`. NOT_FOUND if no
// pair is left.
//
// `words` were read of `target`, which names their version.
absl::StatusOr<WordPairScore> EvaluateWordPairs(
    const Client& client, const Target& target, const WordPairFile& file,
    const Vocabulary& words, bool unknown_is_zero, ProgressLine* progress);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_EVALUATE_WORD_PAIRS_H_
