// The files that `akin-bench load` reads, and one reading of one of them.

#ifndef AKIN_TESTS_BENCH_LOAD_FILES_H_
#define AKIN_TESTS_BENCH_LOAD_FILES_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/scratch_file.h"

namespace akin::bench {

struct LoadFiles {
  std::string gzip_path;  // GloVe text, compressed
  ScratchFile text;       // the same, plain
  ScratchFile binary;     // the same vectors as word2vec binary
  uint64_t rows = 0;
  uint32_t dimension = 0;

  uint64_t vector_bytes() const { return rows * dimension * sizeof(float); }
};

// Unpacks `gzip_path` and writes the binary, as the C tool word2vec lays it
// out.
absl::StatusOr<LoadFiles> MakeLoadFiles(const std::string& gzip_path);

// What reading a file once cost a process that did nothing else.
struct LoadRun {
  double seconds = 0;       // of the reading alone
  double cpu_seconds = 0;   // likewise, all threads
  uint64_t rss_before = 0;  // bytes: the program, its libraries, an interpreter
  uint64_t peak = 0;        // bytes: the largest resident set of the process
};

// INTERNAL when the process read other vectors than `files` holds.
absl::StatusOr<LoadRun> ParseLoadRun(const nlohmann::json& report,
                                     const LoadFiles& files);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_LOAD_FILES_H_
