#include "index/base/page_buffer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/system_error.h"

namespace akin {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

size_t PageBytes() {
  static const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return page;
}

size_t RoundUpToPages(size_t bytes) {
  return (bytes + PageBytes() - 1) / PageBytes() * PageBytes();
}

}  // namespace

PageBuffer::~PageBuffer() {
  if (data_ != nullptr) munmap(data_ - lead_, lead_ + capacity_);
}

PageBuffer::PageBuffer(PageBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      capacity_(std::exchange(other.capacity_, 0)),
      lead_(std::exchange(other.lead_, 0)) {}

PageBuffer& PageBuffer::operator=(PageBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(capacity_, other.capacity_);
  std::swap(lead_, other.lead_);
  return *this;
}

absl::Status PageBuffer::Reserve(size_t bytes) {
  if (bytes <= capacity_) return absl::OkStatus();
  const size_t wanted = RoundUpToPages(bytes);
  void* block = data_ == nullptr
                    ? mmap(nullptr, wanted, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
                    : mremap(data_, capacity_, wanted, MREMAP_MAYMOVE);
  if (block == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for a block of ", wanted, " bytes"));
  }
  data_ = static_cast<char*>(block);
  capacity_ = wanted;
  if (wanted >= kHugePage) madvise(data_, wanted, MADV_HUGEPAGE);
  return absl::OkStatus();
}

absl::StatusOr<PageBuffer> PageBuffer::Map(int descriptor, uint64_t offset,
                                           size_t bytes) {
  PageBuffer buffer;
  if (bytes == 0) return buffer;
  const size_t lead = offset % PageBytes();
  void* block = mmap(nullptr, lead + bytes, PROT_READ, MAP_SHARED, descriptor,
                     static_cast<off_t>(offset - lead));
  if (block == MAP_FAILED) {
    return SystemError("the file", "cannot be mapped");
  }
  buffer.lead_ = lead;
  buffer.data_ = static_cast<char*>(block) + lead;
  buffer.capacity_ = bytes;
  return buffer;
}

void PageBuffer::ShrinkTo(size_t bytes) {
  const size_t wanted = RoundUpToPages(bytes);
  if (wanted >= capacity_) return;
  munmap(data_ + wanted, capacity_ - wanted);
  capacity_ = wanted;
  if (capacity_ == 0) data_ = nullptr;
}

}  // namespace akin
