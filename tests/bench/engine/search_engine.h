// What the benchmark asks of every engine it compares, ours and the rivals.

#ifndef AKIN_TESTS_BENCH_ENGINE_SEARCH_ENGINE_H_
#define AKIN_TESTS_BENCH_ENGINE_SEARCH_ENGINE_H_

#include <cstddef>
#include <cstdint>

namespace akin::bench {

// What a query cost, as far as the engine counts it.
struct SearchCounts {
  double distances = 0;
  double hops = 0;
  double lines = 0;
  double reranks = 0;
  bool exact = false;
};

// One built index. A header alone, because an engine may live in a library that
// is loaded at run time (hnswlib_library.h).
class SearchEngine {
 public:
  virtual ~SearchEngine() = default;

  // For all later searches: the size of the pool. Not while one runs.
  virtual void SetEffort(size_t effort) = 0;

  // Writes the rows of the k nearest found to `rows` and returns how many they
  // are. Thread-safe.
  virtual size_t Search(const float* query, size_t k, uint32_t* rows) = 0;

  // The same, and what it cost. Not thread-safe.
  virtual SearchCounts CountedSearch(const float* query, size_t k,
                                     uint32_t* rows) = 0;

  // By the engine's own account, the vectors included that it keeps itself.
  virtual size_t memory_bytes() const = 0;

  // How long the building took; read from the cache, when it is from there.
  virtual double build_seconds() const = 0;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_SEARCH_ENGINE_H_
