#include "tests/bench/engine/raw_files.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "index/base/status_macros.h"
#include "index/formats/byte_stream.h"

namespace akin::bench {
namespace {

constexpr size_t kBlock = size_t{1} << 20;
constexpr uint32_t kIdxImages = 0x803;

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<ByteStream> stream,
                        ByteStream::Open(path));
  std::string bytes;
  for (;;) {
    AKIN_ASSIGN_OR_RETURN(const absl::string_view block, stream->Peek(kBlock));
    if (block.empty()) return bytes;
    absl::StrAppend(&bytes, block);
    stream->Skip(block.size());
  }
}

absl::Status Malformed(const std::string& path, absl::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": expected ", expected));
}

uint32_t BigEndian(const char* bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<uint8_t>(bytes[i]);
  }
  return value;
}

uint32_t LittleEndian(const char* bytes) {
  uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

void AppendBytes(absl::string_view bytes, std::vector<float>* out) {
  for (const char byte : bytes) {
    out->push_back(static_cast<float>(static_cast<uint8_t>(byte)));
  }
}

// The number of components and of rows of a file of [int32 count][elements].
struct Layout {
  size_t width, stride, rows;
};
absl::StatusOr<Layout> LayoutOf(const std::string& path,
                                const std::string& bytes,
                                size_t element_bytes) {
  if (bytes.size() < sizeof(int32_t)) return Malformed(path, "rows");
  const size_t width = LittleEndian(bytes.data());
  const size_t stride = sizeof(int32_t) + width * element_bytes;
  if (width == 0 || bytes.size() % stride != 0) {
    return Malformed(path, absl::StrCat("rows of ", stride, " bytes"));
  }
  return Layout{width, stride, bytes.size() / stride};
}

}  // namespace

absl::StatusOr<FloatRows> ReadIdxImages(const std::string& path) {
  constexpr size_t kHeader = 16;
  AKIN_ASSIGN_OR_RETURN(const std::string bytes, ReadAll(path));
  if (bytes.size() < kHeader || BigEndian(bytes.data()) != kIdxImages) {
    return Malformed(path, "idx3-ubyte");
  }
  const size_t count = BigEndian(&bytes[4]);
  FloatRows out;
  out.dimension = size_t{BigEndian(&bytes[8])} * BigEndian(&bytes[12]);
  if (bytes.size() != kHeader + count * out.dimension) {
    return Malformed(path, absl::StrCat(count, " images"));
  }
  out.values.reserve(count * out.dimension);
  AppendBytes(absl::string_view(bytes).substr(kHeader), &out.values);
  return out;
}

absl::StatusOr<FloatRows> ReadBvecs(const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(const std::string bytes, ReadAll(path));
  AKIN_ASSIGN_OR_RETURN(const Layout layout, LayoutOf(path, bytes, 1));
  FloatRows out;
  out.dimension = layout.width;
  out.values.reserve(layout.rows * layout.width);
  for (size_t i = 0; i < layout.rows; ++i) {
    AppendBytes(absl::string_view(bytes).substr(
                    i * layout.stride + sizeof(int32_t), layout.width),
                &out.values);
  }
  return out;
}

absl::StatusOr<IntRows> ReadIvecs(const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(const std::string bytes, ReadAll(path));
  AKIN_ASSIGN_OR_RETURN(const Layout layout,
                        LayoutOf(path, bytes, sizeof(int32_t)));
  IntRows out;
  out.width = layout.width;
  out.values.resize(layout.rows * layout.width);
  for (size_t i = 0; i < layout.rows; ++i) {
    std::memcpy(&out.values[i * layout.width],
                &bytes[i * layout.stride + sizeof(int32_t)],
                layout.width * sizeof(int32_t));
  }
  return out;
}

absl::StatusOr<Interactions> ReadInteractions(const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<ByteStream> stream,
                        ByteStream::Open(path));
  Interactions out;
  absl::string_view line;
  for (bool header = true;; header = false) {
    AKIN_ASSIGN_OR_RETURN(const bool any, stream->ReadLine(&line));
    if (!any) return out;
    if (header) continue;
    const std::vector<absl::string_view> cells = absl::StrSplit(line, '\t');
    uint32_t user = 0;
    uint32_t item = 0;
    if (cells.size() < 2 || !absl::SimpleAtoi(cells[0], &user) || user == 0 ||
        !absl::SimpleAtoi(cells[1], &item) || item == 0) {
      return Malformed(path, absl::StrCat("two numbers, got \"", line, "\""));
    }
    out.users = std::max<size_t>(out.users, user);
    out.items = std::max<size_t>(out.items, item);
    out.items_of.resize(out.users);
    out.items_of[user - 1].push_back(item - 1);
  }
}

}  // namespace akin::bench
