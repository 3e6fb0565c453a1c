// Analogy questions: "a is to b as c is to expected", in named sections.

#ifndef AKIN_TESTS_BENCH_QUESTION_SET_H_
#define AKIN_TESTS_BENCH_QUESTION_SET_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace akin::bench {

struct Question {
  size_t section;
  std::string a, b, c, expected;  // in lower case
};

struct QuestionSet {
  std::vector<std::string> sections;
  std::vector<Question> questions;
};

// Google's format: ": section" lines, and lines of four words; others are
// skipped, as gensim does. NOT_FOUND: no such file. INVALID_ARGUMENT: a
// question before the first section.
absl::StatusOr<QuestionSet> ReadQuestionSet(const std::string& path);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_QUESTION_SET_H_
