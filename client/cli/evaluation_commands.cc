// eval-analogies and eval-similarity: what vectors know of words.
#include <CLI/CLI.hpp>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/analogy_file.h"
#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/evaluate_analogies.h"
#include "client/cli/evaluate_word_pairs.h"
#include "client/cli/failure.h"
#include "client/cli/input_file.h"
#include "client/cli/print_json.h"
#include "client/cli/render_evaluation.h"
#include "client/cli/vocabulary.h"
#include "client/cli/word_pair_file.h"

namespace akin::client {
namespace {

constexpr int64_t kDefaultVocabulary = 300'000;  // gensim's

// As typed; of both commands.
struct EvaluationFlags {
  TargetFlags target;
  std::string path;
  std::optional<int64_t> restrict_vocab;
  bool case_sensitive = false;
  bool dummy_for_unknown = false;
};

struct AnalogyFlags {
  EvaluationFlags common;
  bool exact = false;
  std::optional<double> target_recall;
};

// A file that cannot be read is bad usage, as one that makes no sense.
absl::StatusOr<std::string> ReadEvaluationFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadInputFile(path);
  if (!text.ok()) return UsageError(text.status().message());
  return text;
}

absl::StatusOr<AnalogyOptions> ReadAnalogyOptions(const AnalogyFlags& flags) {
  AnalogyOptions options;
  options.exact = flags.exact;
  options.unknown_is_wrong = flags.common.dummy_for_unknown;
  if (flags.target_recall) {
    if (!(*flags.target_recall > 0 && *flags.target_recall <= 1)) {
      return UsageError(absl::StrCat(
          "--target-recall: expected more than 0 and at most 1, got ",
          *flags.target_recall));
    }
    options.target_recall = static_cast<float>(*flags.target_recall);
  }
  return options;
}

absl::StatusOr<ReadWords> ReadWordsOf(const Client& client,
                                      const EvaluationFlags& flags,
                                      const Target& target,
                                      ProgressLine* progress) {
  return ReadVocabulary(client, target,
                        flags.restrict_vocab.value_or(kDefaultVocabulary),
                        flags.case_sensitive, progress);
}

absl::Status RunAnalogies(const AnalogyFlags& flags, const Session& session) {
  const absl::StatusOr<Target> target = ReadTarget(flags.common.target);
  if (!target.ok()) return target.status();
  const absl::StatusOr<AnalogyOptions> options = ReadAnalogyOptions(flags);
  if (!options.ok()) return options.status();
  const auto text = ReadEvaluationFile(flags.common.path);
  if (!text.ok()) return text.status();
  const auto file = ParseAnalogies(*text, flags.common.path);
  if (!file.ok()) return file.status();
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<std::vector<AnalogyScore>> scores;
  Evaluated evaluated{*target, 0, file->malformed,
                      flags.common.dummy_for_unknown};
  {
    ProgressLine progress(session.terminal().progress);
    const auto words = ReadWordsOf(**client, flags.common, *target, &progress);
    if (!words.ok()) return words.status();
    evaluated.version = words->version;
    scores = EvaluateAnalogies(**client, InVersion(*target, words->version),
                               *file, *words, *options, &progress);
  }
  if (!scores.ok()) return scores.status();
  if (session.json()) {
    PrintJson(session.terminal(), AnalogyScoresJson(evaluated, *scores));
  } else {
    PrintAnalogyScores(session.terminal(), evaluated, *scores);
  }
  return absl::OkStatus();
}

absl::Status RunWordPairs(const EvaluationFlags& flags,
                          const Session& session) {
  const absl::StatusOr<Target> target = ReadTarget(flags.target);
  if (!target.ok()) return target.status();
  const auto text = ReadEvaluationFile(flags.path);
  if (!text.ok()) return text.status();
  const auto file = ParseWordPairs(*text, flags.path);
  if (!file.ok()) return file.status();
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<WordPairScore> score;
  Evaluated evaluated{*target, 0, file->malformed, flags.dummy_for_unknown};
  {
    ProgressLine progress(session.terminal().progress);
    const auto words = ReadWordsOf(**client, flags, *target, &progress);
    if (!words.ok()) return words.status();
    evaluated.version = words->version;
    score = EvaluateWordPairs(**client, InVersion(*target, words->version),
                              *file, words->vocabulary, flags.dummy_for_unknown,
                              &progress);
  }
  if (!score.ok()) return score.status();
  if (session.json()) {
    PrintJson(session.terminal(), WordPairScoreJson(evaluated, *score));
  } else {
    PrintWordPairScore(session.terminal(), evaluated, *score);
  }
  return absl::OkStatus();
}

void AddEvaluationFlags(CLI::App& app, const char* unknown_help,
                        EvaluationFlags* flags) {
  AddTargetFlags(app, &flags->target);
  AddPositional(app, {"FILE", "", "with the questions; see below"},
                &flags->path);
  AddWholeNumber(app,
                 {"--restrict-vocab", "N",
                  "only the first N ids of the table (default 300,000)"},
                 1, std::numeric_limits<int64_t>::max(),
                 &flags->restrict_vocab);
  app.add_flag("--case-sensitive", flags->case_sensitive,
               "Paris and paris are two words");
  app.add_flag("--dummy4unknown", flags->dummy_for_unknown, unknown_help);
}

void AddAnalogies(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* analogies = program.add_subcommand(
      "eval-analogies", "how many word analogies a table gets right");
  auto own = std::make_shared<AnalogyFlags>();
  AddEvaluationFlags(*analogies,
                     "questions with unknown words are answered wrongly",
                     &own->common);
  analogies->add_flag("--exact", own->exact,
                      "compare with every vector, not by the index");
  AddNumber(*analogies,
            {"--target-recall", "SHARE",
             "of the true neighbours that is wanted (default 0.95)"},
            &own->target_recall);
  AddSessionFlags(*analogies, flags);
  analogies->footer(
      "FILE is like questions-words.txt: lines \": SECTION\" and, below them, "
      "lines\n"
      "of four words a b c d. The answer to a, b, c is what is nearest to b - "
      "a "
      "+ c\n"
      "and none of the three. As gensim's evaluate_word_analogies: case does "
      "not\n"
      "matter (words are compared in Unicode's upper case, and the first of "
      "two "
      "ids\n"
      "that differ in case counts), and questions with unknown words are "
      "skipped.\n"
      "--timeout is for each batch of 100 questions.\n"
      "\nExamples:\n"
      "  akin eval-analogies glove/words questions-words.txt\n"
      "  akin eval-analogies glove/words questions-words.txt --exact --json");
  analogies->callback([=] {
    *action = [own](const Session& session) {
      return RunAnalogies(*own, session);
    };
  });
}

void AddWordPairs(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* pairs = program.add_subcommand(
      "eval-similarity", "how much a table agrees with judged word pairs");
  auto own = std::make_shared<EvaluationFlags>();
  AddEvaluationFlags(*pairs, "pairs with unknown words have a cosine of 0",
                     own.get());
  AddSessionFlags(*pairs, flags);
  pairs->footer(
      "FILE is like WordSim-353: two words and a number a line, with tabs or "
      "commas\n"
      "between them; lines that begin with # are comments. Printed are "
      "Spearman's\n"
      "and Pearson's correlation of the numbers and the cosines. As gensim's\n"
      "evaluate_word_pairs: case does not matter, and pairs with unknown words "
      "are\n"
      "skipped.\n"
      "\nExamples:\n"
      "  akin eval-similarity glove/words wordsim353.tsv\n"
      "  akin eval-similarity glove/words men.csv --restrict-vocab 50000");
  pairs->callback([=] {
    *action = [own](const Session& session) {
      return RunWordPairs(*own, session);
    };
  });
}

}  // namespace

void AddEvaluationCommands(CLI::App& program, SessionFlags* flags,
                           Action* action) {
  AddAnalogies(program, flags, action);
  AddWordPairs(program, flags, action);
}

}  // namespace akin::client
