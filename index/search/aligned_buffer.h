// Room for numbers that kernels read and write, kept from query to query. Not
// thread-safe.

#ifndef AKIN_INDEX_SEARCH_ALIGNED_BUFFER_H_
#define AKIN_INDEX_SEARCH_ALIGNED_BUFFER_H_

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace akin {

template <class T>
class AlignedBuffer {
  static_assert(std::is_trivial_v<T>);

 public:
  // At least `size` elements, whatever they hold, aligned to a cache line. What
  // was in it is lost when it had room for fewer.
  T* Get(size_t size) {
    if (size > size_) {
      data_.reset();
      data_.reset(static_cast<T*>(::operator new(size * sizeof(T), kLine)));
      size_ = size;
    }
    return data_.get();
  }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }

 private:
  static constexpr std::align_val_t kLine{64};
  struct Delete {
    void operator()(T* data) const { ::operator delete(data, kLine); }
  };
  std::unique_ptr<T, Delete> data_;
  size_t size_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_ALIGNED_BUFFER_H_
