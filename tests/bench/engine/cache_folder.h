// What a benchmark keeps from run to run: answers and indexes that take minutes
// to make.

#ifndef AKIN_TESTS_BENCH_ENGINE_CACHE_FOLDER_H_
#define AKIN_TESTS_BENCH_ENGINE_CACHE_FOLDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace akin::bench {

class CacheFolder {
 public:
  // "": nothing is kept. The folder is made when it is not there.
  explicit CacheFolder(std::string folder);

  bool enabled() const { return !folder_.empty(); }

  // Of the file called `name`, or "" when nothing is kept.
  std::string PathOf(absl::string_view name) const;

  // A file of `count` numbers, or nothing when it is not there or has another
  // size.
  std::optional<std::vector<uint32_t>> ReadNumbers(absl::string_view name,
                                                   size_t count) const;
  void WriteNumbers(absl::string_view name,
                    const std::vector<uint32_t>& numbers) const;

  // One figure beside a file, such as how long it took to make.
  std::optional<double> ReadFigure(absl::string_view name) const;
  void WriteFigure(absl::string_view name, double figure) const;

 private:
  std::string folder_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_CACHE_FOLDER_H_
