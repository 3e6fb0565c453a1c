#include "client/cli/evaluate_analogies.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "client/cli/wording.h"
#include "client/cpp/call_status.h"

namespace akin::client {
namespace {

// How many answers gensim looks at.
constexpr size_t kLookedAt = 5;
// What every server allows.
constexpr size_t kMostHits = 10'000;
constexpr size_t kMostScored = 10'000;
// Each batch is one call with the deadline of a call, and one step of the
// progress. Many hits a question make small batches.
constexpr size_t kQuestionsPerCall = 100;
constexpr size_t kHitsPerCall = 20'000;
constexpr size_t kDeeper = 8;

class Evaluation {
 public:
  Evaluation(const Client& client, const Target& target,
             const AnalogyFile& file, const ReadWords& words,
             const AnalogyOptions& options, ProgressLine* progress)
      : client_(client),
        target_(target),
        questions_(file.questions),
        words_(words),
        options_(options),
        progress_(*progress) {
    for (const std::string& section : file.sections) {
      scores_.push_back({section, 0, 0, 0});
    }
  }

  absl::StatusOr<std::vector<AnalogyScore>> Run() {
    std::vector<size_t> open = KnownQuestions();
    total_ = open.size();
    // Ids behind the vocabulary may be nearer than those in it.
    for (size_t k = words_.whole ? kLookedAt : 2 * kLookedAt; !open.empty();
         k = std::min(kDeeper * k, kMostHits)) {
      std::vector<size_t> deeper;
      const size_t batch =
          std::clamp<size_t>(kHitsPerCall / k, 1, kQuestionsPerCall);
      for (size_t begin = 0; begin < open.size(); begin += batch) {
        const size_t count = std::min(batch, open.size() - begin);
        absl::Status asked = AskBatch(
            absl::MakeConstSpan(open).subspan(begin, count), k, &deeper);
        if (!asked.ok()) return asked;
        progress_.Show(absl::StrCat("asking: ", WithSeparators(answered_),
                                    " of ", WithSeparators(total_)));
      }
      open = std::move(deeper);
      if (k == kMostHits) break;
    }
    for (const size_t i : open) {
      absl::Status scored = ScoreVocabulary(i);
      if (!scored.ok()) return scored;
    }
    return std::move(scores_);
  }

 private:
  // Counts the others.
  std::vector<size_t> KnownQuestions() {
    std::vector<size_t> known;
    for (size_t i = 0; i < questions_.size(); ++i) {
      const AnalogyQuestion& question = questions_[i];
      AnalogyScore& score = scores_[question.section];
      const Vocabulary& vocabulary = words_.vocabulary;
      if (vocabulary.Find(question.a) && vocabulary.Find(question.b) &&
          vocabulary.Find(question.c) && vocabulary.Find(question.expected)) {
        ++score.asked;
        known.push_back(i);
        continue;
      }
      ++score.unknown;
      if (options_.unknown_is_wrong) ++score.asked;
    }
    return known;
  }

  const std::string& IdOf(const std::string& word) const {
    return words_.vocabulary.ids()[*words_.vocabulary.Find(word)];
  }

  v1::Query QueryOf(const AnalogyQuestion& question) const {
    v1::Query query;
    v1::Combination& terms = *query.mutable_combination();
    terms.add_plus()->mutable_id()->set_id(IdOf(question.b));
    terms.add_plus()->mutable_id()->set_id(IdOf(question.c));
    terms.add_minus()->mutable_id()->set_id(IdOf(question.a));
    return query;
  }

  // `seen`: the first ids of the vocabulary by score, no inputs among them.
  void Judge(const AnalogyQuestion& question,
             absl::Span<const std::string> seen) {
    ++answered_;
    const Vocabulary& vocabulary = words_.vocabulary;
    const std::string expected = vocabulary.KeyOf(question.expected);
    // gensim's answer is the last one looked at if all are inputs in another
    // case, and that may be the expected one.
    bool correct = false;
    for (const std::string& id : seen) {
      const std::string key = vocabulary.KeyOf(id);
      correct = key == expected;
      if (!IsInput(question, key)) break;
    }
    if (correct) ++scores_[question.section].correct;
  }

  bool IsInput(const AnalogyQuestion& question, const std::string& key) const {
    const Vocabulary& vocabulary = words_.vocabulary;
    return key == vocabulary.KeyOf(question.a) ||
           key == vocabulary.KeyOf(question.b) ||
           key == vocabulary.KeyOf(question.c);
  }

  // Judges those of `batch` that `k` hits are enough for; the others become
  // part of `deeper`.
  absl::Status AskBatch(absl::Span<const size_t> batch, size_t k,
                        std::vector<size_t>* deeper) {
    v1::BatchSearchRequest request;
    SetTarget(target_, &request);
    for (const size_t i : batch) {
      *request.add_queries() = QueryOf(questions_[i]);
    }
    v1::SearchOptions& options = *request.mutable_options();
    options.set_k(static_cast<uint32_t>(k));
    options.set_exact(options_.exact);
    if (options_.target_recall) {
      options.set_target_recall(*options_.target_recall);
    }
    const auto response = client_.BatchSearch(request);
    if (!response.ok()) return response.status();
    if (static_cast<size_t>(response->results_size()) != batch.size()) {
      return absl::InternalError(absl::StrCat("expected ", batch.size(),
                                              " answers, got ",
                                              response->results_size()));
    }
    for (size_t i = 0; i < batch.size(); ++i) {
      const AnalogyQuestion& question = questions_[batch[i]];
      const v1::BatchResult& result = response->results(static_cast<int>(i));
      absl::Status status = FailureOf(question, result);
      if (!status.ok()) return status;
      const std::vector<std::string> seen = Seen(result);
      const auto hits = static_cast<size_t>(result.hits_size());
      if (hits < k || seen.size() == kLookedAt || IsDecided(question, seen)) {
        Judge(question, seen);
      } else {
        deeper->push_back(batch[i]);
      }
    }
    return absl::OkStatus();
  }

  // b - a + c may have no direction. No word is the answer then, which is no
  // reason to answer no other question.
  static absl::Status FailureOf(const AnalogyQuestion& question,
                                const v1::BatchResult& result) {
    const absl::Status status = StatusOf(result.error());
    if (status.ok() || absl::IsInvalidArgument(status)) return absl::OkStatus();
    return absl::Status(status.code(),
                        absl::StrCat("question \"", question.a, " ", question.b,
                                     " ", question.c, " ", question.expected,
                                     "\": ", status.message()));
  }

  std::vector<std::string> Seen(const v1::BatchResult& result) const {
    std::vector<std::string> seen;
    for (const v1::Hit& hit : result.hits()) {
      if (seen.size() == kLookedAt) break;
      if (words_.whole || words_.vocabulary.Contains(hit.id())) {
        seen.push_back(hit.id());
      }
    }
    return seen;
  }

  bool IsDecided(const AnalogyQuestion& question,
                 const std::vector<std::string>& seen) const {
    return std::any_of(seen.begin(), seen.end(), [&](const std::string& id) {
      return !IsInput(question, words_.vocabulary.KeyOf(id));
    });
  }

  // When too much outside the vocabulary is nearer than what is in it.
  absl::Status ScoreVocabulary(size_t index) {
    const AnalogyQuestion& question = questions_[index];
    const std::vector<std::string>& ids = words_.vocabulary.ids();
    std::vector<std::pair<float, size_t>> best;  // minus the score, place
    for (size_t begin = 0; begin < ids.size(); begin += kMostScored) {
      v1::ScoreRequest request;
      SetTarget(target_, &request);
      *request.mutable_query() = QueryOf(question);
      const size_t end = std::min(ids.size(), begin + kMostScored);
      for (size_t i = begin; i < end; ++i) request.add_ids(ids[i]);
      const auto response = client_.Score(request);
      if (!response.ok()) return response.status();
      if (static_cast<size_t>(response->scores_size()) != end - begin) {
        return absl::InternalError(absl::StrCat("expected ", end - begin,
                                                " scores, got ",
                                                response->scores_size()));
      }
      for (size_t i = begin; i < end; ++i) {
        const float score = response->scores(static_cast<int>(i - begin));
        if (!std::isnan(score) && ids[i] != IdOf(question.a) &&
            ids[i] != IdOf(question.b) && ids[i] != IdOf(question.c)) {
          best.emplace_back(-score, i);
        }
      }
      const size_t kept = std::min(best.size(), kLookedAt);
      std::partial_sort(best.begin(),
                        best.begin() + static_cast<ptrdiff_t>(kept),
                        best.end());
      best.resize(kept);
    }
    std::vector<std::string> seen;
    for (const auto& [score, place] : best) seen.push_back(ids[place]);
    Judge(question, seen);
    return absl::OkStatus();
  }

  const Client& client_;
  const Target& target_;
  const std::vector<AnalogyQuestion>& questions_;
  const ReadWords& words_;
  const AnalogyOptions& options_;
  ProgressLine& progress_;
  std::vector<AnalogyScore> scores_;
  size_t total_ = 0;
  size_t answered_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<AnalogyScore>> EvaluateAnalogies(
    const Client& client, const Target& target, const AnalogyFile& file,
    const ReadWords& words, const AnalogyOptions& options,
    ProgressLine* progress) {
  return Evaluation(client, target, file, words, options, progress).Run();
}

}  // namespace akin::client
