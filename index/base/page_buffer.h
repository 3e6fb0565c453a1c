// A block of memory that grows without copying.
//
// Vectors arrive before their number is known (GloVe text has no header).
// mremap moves pages instead of bytes, so growing neither doubles the peak nor
// touches what is there, and pages not yet written cost nothing.
//
// Aligned to a page, or, when it maps a file, as its place in the file is; huge
// pages are asked for from 2 MiB up (random reads over 1 GiB
// cost 165 ns with them and 250 ns without). Not thread-safe while growing.

#ifndef AKIN_INDEX_BASE_PAGE_BUFFER_H_
#define AKIN_INDEX_BASE_PAGE_BUFFER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace akin {

class PageBuffer {
 public:
  PageBuffer() = default;
  ~PageBuffer();
  PageBuffer(PageBuffer&& other) noexcept;
  PageBuffer& operator=(PageBuffer&& other) noexcept;

  // Of a buffer that maps no file: makes room for at least `bytes`; never
  // shrinks. New bytes are zero.
  // RESOURCE_EXHAUSTED when the machine has no such block.
  absl::Status Reserve(size_t bytes);

  // `bytes` of a file from `offset` on, as they lie in the page cache; not to
  // be written to. The kernel may drop pages and read them again. Who shortens
  // the file while it is mapped ends the process. What the system says
  // otherwise.
  static absl::StatusOr<PageBuffer> Map(int descriptor, uint64_t offset,
                                        size_t bytes);

  // Of a buffer that maps no file: gives back what lies beyond `bytes`, which
  // become the capacity.
  void ShrinkTo(size_t bytes);

  char* data() { return data_; }
  const char* data() const { return data_; }
  size_t capacity() const { return capacity_; }

 private:
  char* data_ = nullptr;
  size_t capacity_ = 0;
  size_t lead_ = 0;  // bytes of the first page that lie before data_
};

}  // namespace akin

#endif  // AKIN_INDEX_BASE_PAGE_BUFFER_H_
