#include "index/table/row_bitmap.h"

#include <roaring/roaring.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace akin {
namespace {

// In the lower half of the first number; the upper is then how many containers
// there are, less one. Another is followed by their number.
constexpr uint32_t kCookieWithRuns = 12347;
constexpr uint32_t kOffsetsFrom = 4;  // containers, where there are runs
constexpr uint32_t kMaxArray = 4096;
constexpr size_t kBitsetWords = 1024;
constexpr size_t kChunkRows = 65'536;
constexpr size_t kBits = 64;

struct FreeBitmap {
  void operator()(roaring_bitmap_t* bitmap) const {
    roaring_bitmap_free(bitmap);
  }
};

// Reads little-endian numbers one behind the other, wherever they lie.
class Reader {
 public:
  explicit Reader(const char* at) : at_(at) {}

  template <class T>
  T Next() {
    T number;
    std::memcpy(&number, at_, sizeof(T));
    at_ += sizeof(T);
    return number;
  }
  void Skip(size_t bytes) { at_ += bytes; }
  const char* at() const { return at_; }

 private:
  const char* at_;
};

// Rows `first` to `last`.
void AddRun(size_t first, size_t last, absl::Span<uint64_t> words) {
  const uint64_t from = ~uint64_t{0} << (first % kBits);
  const uint64_t to = ~uint64_t{0} >> (kBits - 1 - last % kBits);
  if (first / kBits == last / kBits) {
    words[first / kBits] |= from & to;
    return;
  }
  words[first / kBits] |= from;
  std::fill(words.begin() + static_cast<ptrdiff_t>(first / kBits + 1),
            words.begin() + static_cast<ptrdiff_t>(last / kBits), ~uint64_t{0});
  words[last / kBits] |= to;
}

// `begin` is the first row of the container's 65,536.
void AddRuns(size_t begin, Reader* reader, absl::Span<uint64_t> words) {
  const auto runs = reader->Next<uint16_t>();
  for (size_t i = 0; i < runs; ++i) {
    const size_t first = begin + reader->Next<uint16_t>();
    AddRun(first, first + reader->Next<uint16_t>(), words);
  }
}

void AddArray(size_t begin, size_t count, Reader* reader,
              absl::Span<uint64_t> words) {
  for (size_t i = 0; i < count; ++i) {
    const size_t row = begin + reader->Next<uint16_t>();
    words[row / kBits] |= uint64_t{1} << (row % kBits);
  }
}

void AddBitset(size_t begin, Reader* reader, absl::Span<uint64_t> words) {
  // The last container may go beyond the table's rows, with zeros.
  const size_t count = std::min(kBitsetWords, words.size() - begin / kBits);
  uint64_t* const to = words.data() + begin / kBits;
  const char* const from = reader->at();
  for (size_t i = 0; i < count; ++i) {
    uint64_t word;
    std::memcpy(&word, from + i * sizeof(word), sizeof(word));
    to[i] |= word;
  }
  reader->Skip(kBitsetWords * sizeof(uint64_t));
}

}  // namespace

RowBitmap::RowBitmap(absl::Span<const uint32_t> rows) {
  const std::unique_ptr<roaring_bitmap_t, FreeBitmap> bitmap(
      roaring_bitmap_create());
  if (bitmap == nullptr) throw std::bad_alloc();
  if (!rows.empty()) {
    roaring_bitmap_add_many(bitmap.get(), rows.size(), rows.data());
  }
  roaring_bitmap_run_optimize(bitmap.get());
  bytes_ = roaring_bitmap_portable_size_in_bytes(bitmap.get());
  data_ = std::make_unique<char[]>(bytes_);
  roaring_bitmap_portable_serialize(bitmap.get(), data_.get());
}

void RowBitmap::AddTo(absl::Span<uint64_t> words) const {
  Reader reader(data_.get());
  const auto cookie = reader.Next<uint32_t>();
  const bool has_runs = (cookie & 0xFFFF) == kCookieWithRuns;
  const size_t containers =
      has_runs ? (cookie >> 16) + 1 : reader.Next<uint32_t>();
  const char* const run_flags = reader.at();
  if (has_runs) reader.Skip((containers + 7) / 8);
  Reader header(reader.at());
  reader.Skip(containers * 2 * sizeof(uint16_t));
  if (!has_runs || containers >= kOffsetsFrom) {
    reader.Skip(containers * sizeof(uint32_t));
  }
  for (size_t i = 0; i < containers; ++i) {
    const size_t begin = header.Next<uint16_t>() * kChunkRows;
    const size_t count = size_t{header.Next<uint16_t>()} + 1;
    if (has_runs && (run_flags[i / 8] >> (i % 8) & 1) != 0) {
      AddRuns(begin, &reader, words);
    } else if (count <= kMaxArray) {
      AddArray(begin, count, &reader, words);
    } else {
      AddBitset(begin, &reader, words);
    }
  }
}

}  // namespace akin
