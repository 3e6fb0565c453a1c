// A file of named sections that is written once, and of which nothing is read
// that is not as it was written. What lies where: index/version/FORMAT.md.
//
// A section is a run of bytes; what they mean is its writer's business. Sums
// (CRC-32C) are kept of every block of 1 MiB, so that damage is found while
// reading, at the price of the reading, and is told by its place. A sum shows
// what went wrong by itself; it does not keep anybody out.

#ifndef AKIN_INDEX_BASE_SEALED_FILE_H_
#define AKIN_INDEX_BASE_SEALED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/page_buffer.h"
#include "index/base/worker_pool.h"

namespace akin {

inline constexpr uint32_t kSealedFormat = 1;

struct SealedSection {
  std::string name;  // 1 to 32 bytes
  uint64_t begin = 0;
  uint64_t bytes = 0;
  std::vector<uint32_t> sums;  // of its blocks
};

// Not thread-safe.
class SealedFileWriter {
 public:
  // ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED (no room), ...: what
  // the system says, with the path, here and below. `go_on` is asked before
  // each block; false ends the writing with CANCELLED. May be null.
  static absl::StatusOr<std::unique_ptr<SealedFileWriter>> Create(
      const std::string& path, std::function<bool()> go_on = nullptr);

  ~SealedFileWriter();
  SealedFileWriter(const SealedFileWriter&) = delete;
  SealedFileWriter& operator=(const SealedFileWriter&) = delete;

  // `name` is none that was added before.
  absl::Status Add(absl::string_view name, absl::string_view bytes);

  // Numbers as they lie in memory: little-endian, without padding.
  template <class T>
  absl::Status AddNumbers(absl::string_view name, absl::Span<const T> numbers) {
    static_assert(std::has_unique_object_representations_v<T> ||
                  std::is_floating_point_v<T>);
    return Add(name, {reinterpret_cast<const char*>(numbers.data()),
                      numbers.size() * sizeof(T)});
  }
  template <class T>
  absl::Status AddNumbers(absl::string_view name,
                          const std::vector<T>& numbers) {
    return AddNumbers(name, absl::Span<const T>(numbers));
  }

  // Nothing is added behind it. When it returns OK the file is on the disk;
  // nothing interrupts the disk at what is not written by then.
  absl::Status Finish();

 private:
  SealedFileWriter(std::string path, int descriptor,
                   std::function<bool()> go_on);

  absl::Status CheckGoesOn() const;
  absl::Status Write(absl::string_view bytes);

  const std::string path_;
  const int descriptor_;
  const std::function<bool()> go_on_;
  uint64_t at_ = 0;
  std::vector<SealedSection> sections_;
};

struct SealedFileOptions {
  // Load maps sections instead of reading them into memory of their own.
  bool map = false;
  // Told of every block that was verified, from any thread; false ends the
  // reading with CANCELLED. May be null.
  std::function<bool(uint64_t bytes)> on_block = nullptr;
};

// Thread-safe.
class SealedFile {
 public:
  // Reads where the sections lie. DATA_LOSS: the file is not as it was written;
  // FAILED_PRECONDITION: it has a format this program does not know. Both name
  // the path and the offset.
  static absl::StatusOr<SealedFile> Open(const std::string& path,
                                         SealedFileOptions options = {});

  ~SealedFile();
  SealedFile(SealedFile&& other) noexcept;
  SealedFile& operator=(SealedFile&&) = delete;

  const std::string& path() const { return path_; }
  uint64_t file_bytes() const { return file_bytes_; }
  // Of the directory, which has the sums of all else.
  uint32_t sum() const { return sum_; }
  absl::Span<const SealedSection> sections() const { return sections_; }
  bool Has(absl::string_view name) const { return Find(name) != nullptr; }

  // DATA_LOSS here and below: no such section, another size, a block whose sum
  // is another. What stands in `out` then means nothing.
  //
  // The section has `bytes`. Blocks are read on `pool`.
  absl::Status Read(absl::string_view name, size_t bytes, void* out,
                    WorkerPool* pool) const;

  // The same, with the memory. RESOURCE_EXHAUSTED: there is none.
  absl::StatusOr<PageBuffer> Load(absl::string_view name, size_t bytes,
                                  WorkerPool* pool) const;

  template <class T>
  absl::Status ReadNumbers(absl::string_view name, size_t count, T* out,
                           WorkerPool* pool) const {
    return Read(name, count * sizeof(T), out, pool);
  }

  // As many as there are, of at most `most`.
  template <class T>
  absl::StatusOr<std::vector<T>> ReadVector(absl::string_view name, size_t most,
                                            WorkerPool* pool) const {
    auto count = CountOf(name, sizeof(T), most);
    if (!count.ok()) return count.status();
    std::vector<T> numbers(*count);
    absl::Status read = ReadNumbers(name, *count, numbers.data(), pool);
    if (!read.ok()) return read;
    return numbers;
  }

  // Elements of `size` bytes in a section: a whole number of at most `most`.
  absl::StatusOr<size_t> CountOf(absl::string_view name, size_t size,
                                 size_t most) const;

  // Reads all that there is.
  absl::Status Verify(WorkerPool* pool) const;

  // "FILE: section "name" <what>": for what the sums are right of, and is wrong
  // all the same.
  absl::Status Wrong(absl::string_view name, absl::string_view what) const;

 private:
  SealedFile(std::string path, int descriptor, SealedFileOptions options)
      : path_(std::move(path)),
        descriptor_(descriptor),
        options_(std::move(options)) {}

  absl::Status ReadDirectory();
  absl::Status ParseDirectory(absl::string_view directory, uint64_t begin);
  absl::Status ReadAt(uint64_t offset, size_t bytes, char* out) const;
  // Block `block` of `section`, the section's own bytes of it into `out`.
  absl::Status ReadBlock(const SealedSection& section, size_t block,
                         char* out) const;
  // The same, of bytes that are in memory.
  absl::Status CheckBlock(const SealedSection& section, size_t block,
                          const char* bytes) const;
  absl::StatusOr<const SealedSection*> FindOf(absl::string_view name,
                                              size_t bytes) const;
  absl::Status Damaged(uint64_t offset, absl::string_view what) const;
  const SealedSection* Find(absl::string_view name) const;

  const std::string path_;
  int descriptor_;  // -1: moved away
  SealedFileOptions options_;
  uint64_t file_bytes_ = 0;
  uint32_t sum_ = 0;
  std::vector<SealedSection> sections_;
};

}  // namespace akin

#endif  // AKIN_INDEX_BASE_SEALED_FILE_H_
