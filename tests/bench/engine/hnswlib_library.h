// hnswlib in a library of its own, loaded at run time.
//
// It is compiled as its users compile it, -O3 and for one instruction set
// (-march=native, and once more for AVX2 alone), and nothing else is: linked
// into the benchmark, its instances of std::vector and the like would be the
// ones akin runs with, too. A library that is loaded keeps them to itself, and
// two builds of the same header do not meet.

#ifndef AKIN_TESTS_BENCH_ENGINE_HNSWLIB_LIBRARY_H_
#define AKIN_TESTS_BENCH_ENGINE_HNSWLIB_LIBRARY_H_

#include <cstddef>

#include "tests/bench/engine/search_engine.h"

namespace akin::bench {

struct HnswlibRequest {
  const float* vectors = nullptr;  // copied
  size_t rows = 0;
  size_t dimension = 0;
  // Compare by 1 - inner product, not by the squared distance.
  bool inner_product = false;
  size_t links = 16;          // M
  size_t build_effort = 200;  // efConstruction
  size_t threads = 1;         // that build
  // Loaded from there when it exists, saved there when not; "": neither.
  const char* file = "";
  double file_seconds = 0;  // what the build of that file took
  // Asks for huge pages after the build, which hnswlib itself does not do.
  bool huge_pages = false;
};

// The two functions of the library, by the names below. AkinNewHnswlib returns
// null and writes why to `error` when hnswlib threw.
using NewHnswlib = SearchEngine* (*)(const HnswlibRequest& request, char* error,
                                     size_t error_bytes);
// Seconds that hnswlib takes for one distance of that many components, in
// cache.
using HnswlibDistanceSeconds = double (*)(bool inner_product, size_t dimension);

inline constexpr const char* kNewHnswlibName = "AkinNewHnswlib";
inline constexpr const char* kHnswlibDistanceSecondsName =
    "AkinHnswlibDistanceSeconds";

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_HNSWLIB_LIBRARY_H_
