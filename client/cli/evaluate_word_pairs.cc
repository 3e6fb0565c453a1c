#include "client/cli/evaluate_word_pairs.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/correlation.h"
#include "client/cli/stored_vectors.h"

namespace akin::client {
namespace {

// By the places of their ids in the vocabulary.
using VectorsByPlace = std::map<size_t, std::vector<float>>;

absl::StatusOr<VectorsByPlace> FetchPairs(const Client& client,
                                          const Target& target,
                                          const WordPairFile& file,
                                          const Vocabulary& words,
                                          ProgressLine* progress) {
  VectorsByPlace vectors;
  for (const WordPair& pair : file.pairs) {
    const auto a = words.Find(pair.a);
    const auto b = words.Find(pair.b);
    if (!a || !b) continue;
    vectors[*a];
    vectors[*b];
  }
  std::vector<std::string> ids;
  for (const auto& [place, vector] : vectors) ids.push_back(words.ids()[place]);
  auto stored = FetchVectors(client, target, ids, progress);
  if (!stored.ok()) return stored.status();
  size_t i = 0;
  for (auto& [place, vector] : vectors) {
    vector = std::move(stored->vectors[i++]);
  }
  return vectors;
}

}  // namespace

absl::StatusOr<WordPairScore> EvaluateWordPairs(
    const Client& client, const Target& target, const WordPairFile& file,
    const Vocabulary& words, bool unknown_is_zero, ProgressLine* progress) {
  const absl::StatusOr<VectorsByPlace> vectors =
      FetchPairs(client, target, file, words, progress);
  if (!vectors.ok()) return vectors.status();
  WordPairScore score;
  std::vector<double> judged;
  std::vector<double> cosines;
  for (const WordPair& pair : file.pairs) {
    const auto a = words.Find(pair.a);
    const auto b = words.Find(pair.b);
    const bool known = a && b;
    if (!known) ++score.unknown;
    if (!known && !unknown_is_zero) continue;
    judged.push_back(pair.similarity);
    cosines.push_back(known ? CosineOfMeans({vectors->at(*a)},
                                            {vectors->at(*b)}, MeanOf::kTrained)
                            : 0.0);
  }
  if (judged.empty()) {
    return absl::NotFoundError(
        absl::StrCat("expected pairs of words of ", target.model, "/",
                     target.table, ", got none: of all ", file.pairs.size(),
                     " pairs a word is not there"));
  }
  score.compared = judged.size();
  score.unknown_percent = 100.0 * static_cast<double>(score.unknown) /
                          static_cast<double>(file.pairs.size());
  score.pearson = PearsonCorrelation(judged, cosines);
  score.spearman = SpearmanCorrelation(judged, cosines);
  return score;
}

}  // namespace akin::client
