// Distinct texts in the order of their bytes, numbered from 0: the keywords of
// an attribute.
//
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_TABLE_SORTED_TEXTS_H_
#define AKIN_INDEX_TABLE_SORTED_TEXTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/sealed_file.h"
#include "index/base/worker_pool.h"

namespace akin {

class SortedTexts {
 public:
  SortedTexts() = default;
  // `texts` are distinct and rise; fewer than 2^32 - 1.
  explicit SortedTexts(const std::vector<absl::string_view>& texts);

  size_t size() const { return ends_.size(); }

  // `number` < size(). Valid as long as the texts.
  absl::string_view operator[](uint32_t number) const {
    const uint64_t begin = number == 0 ? 0 : ends_[number - 1];
    return absl::string_view(bytes_).substr(begin, ends_[number] - begin);
  }

  std::optional<uint32_t> Find(absl::string_view text) const;
  // The numbers from first up to before second begin with `prefix`.
  std::pair<uint32_t, uint32_t> WithPrefix(absl::string_view prefix) const;

  size_t memory_bytes() const {
    return bytes_.size() + ends_.size() * sizeof(uint64_t);
  }

  // Sections `name` and "<name>.ends". DATA_LOSS: not what Seal writes, of at
  // most `most` texts.
  absl::Status Seal(absl::string_view name, SealedFileWriter* file) const;
  static absl::StatusOr<SortedTexts> Unseal(const SealedFile& file,
                                            absl::string_view name, size_t most,
                                            WorkerPool* pool);

 private:
  std::string bytes_;
  std::vector<uint64_t> ends_;
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_SORTED_TEXTS_H_
