// Exact search beside the hardware and beside FAISS.

#ifndef AKIN_TESTS_BENCH_ENGINE_EXACT_BENCH_H_
#define AKIN_TESTS_BENCH_ENGINE_EXACT_BENCH_H_

#include <cstddef>

#include "tests/bench/engine/blocks.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/engine/vector_set.h"

namespace akin::bench {

struct ExactBenchOptions {
  size_t k = 10;
  size_t pairs = 15;
  double seconds_per_block = 0.3;
  size_t most_threads = 2;
};

// On one thread and on most_threads: one query at a time, beside the time that
// reading all vectors once takes; and batches of 100 beside FAISS' IndexFlat.
void BenchExact(const VectorSet& set, const ExactBenchOptions& options,
                Figures* figures);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_EXACT_BENCH_H_
