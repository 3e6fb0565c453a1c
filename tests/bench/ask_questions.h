// Asks a server analogy questions and judges its answers by gensim's rules.

#ifndef AKIN_TESTS_BENCH_ASK_QUESTIONS_H_
#define AKIN_TESTS_BENCH_ASK_QUESTIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/cpp/client.h"
#include "tests/bench/question_set.h"

namespace akin::bench {

struct AskedTable {
  const client::Client* client;
  std::string model, table;
};

// Leaves out the questions with a word that is no id of the table: gensim skips
// them.
absl::Status DropUnknownWords(const AskedTable& asked, QuestionSet* set);

struct Answers {
  std::vector<bool> correct;       // one a question
  std::vector<std::string> words;  // what was answered, likewise
  double distances = 0;            // vectors compared, of a question on average
  double seconds = 0;              // of the calls, including their waiting
};

// Asks for b - a + c by 3CosAdd. The best hit that is none of the three, in
// upper or lower case, is the answer. `exact`: past the index.
absl::StatusOr<Answers> AskQuestions(const AskedTable& asked,
                                     absl::Span<const Question> questions,
                                     bool exact);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ASK_QUESTIONS_H_
