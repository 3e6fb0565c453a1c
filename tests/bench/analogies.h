// akin-bench analogies: word analogies through a server, beside gensim.

#ifndef AKIN_TESTS_BENCH_ANALOGIES_H_
#define AKIN_TESTS_BENCH_ANALOGIES_H_

#include <string>

#include "absl/status/status.h"

namespace akin::bench {

struct AnalogiesOptions {
  std::string index = "exact";  // or "graph": asked through it and past it
  std::string python;           // of gensim
};

// The Google analogies over glove-6b-50d-200k: an akin-server's 3CosAdd and
// gensim's evaluate_word_analogies. Prints the accuracy of each, by section, or
// "skipped: no data".
absl::Status BenchAnalogies(const AnalogiesOptions& options);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ANALOGIES_H_
