// A block of memory that grows without copying.
//
// Vectors arrive before their number is known (GloVe text has no header).
// mremap moves pages instead of bytes, so growing neither doubles the peak nor
// touches what is there, and pages not yet written cost nothing.
//
// Page-aligned; huge pages are asked for from 2 MiB up (random reads over 1 GiB
// cost 165 ns with them and 250 ns without). Not thread-safe while growing.

#ifndef AKIN_INDEX_BASE_PAGE_BUFFER_H_
#define AKIN_INDEX_BASE_PAGE_BUFFER_H_

#include <cstddef>

#include "absl/status/status.h"

namespace akin {

class PageBuffer {
 public:
  PageBuffer() = default;
  ~PageBuffer();
  PageBuffer(PageBuffer&& other) noexcept;
  PageBuffer& operator=(PageBuffer&& other) noexcept;

  // Makes room for at least `bytes`; never shrinks. New bytes are zero.
  // RESOURCE_EXHAUSTED when the machine has no such block.
  absl::Status Reserve(size_t bytes);

  // Gives back what lies beyond `bytes`, which become the capacity.
  void ShrinkTo(size_t bytes);

  char* data() { return data_; }
  const char* data() const { return data_; }
  size_t capacity() const { return capacity_; }

 private:
  char* data_ = nullptr;
  size_t capacity_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_BASE_PAGE_BUFFER_H_
