#include "index/formats/gzip_check.h"

#include <isa-l/crc.h>

#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

uint32_t LoadU32(const char* bytes) {
  const auto* b = reinterpret_cast<const unsigned char*>(bytes);
  return static_cast<uint32_t>(b[0]) | static_cast<uint32_t>(b[1]) << 8 |
         static_cast<uint32_t>(b[2]) << 16 | static_cast<uint32_t>(b[3]) << 24;
}

constexpr size_t kHeaderBytes = 10;
constexpr size_t kTrailerBytes = 8;

// By chance once in some 200 GB; then the sums of that file are not checked.
bool IsMemberHeader(const char* header) {
  const auto* h = reinterpret_cast<const unsigned char*>(header);
  const bool flags_ok = (h[3] & 0xE0u) == 0;
  const bool effort_ok = h[8] == 0 || h[8] == 2 || h[8] == 4;
  const bool system_ok = h[9] <= 13 || h[9] == 255;
  return h[0] == 0x1F && h[1] == 0x8B && h[2] == 8 && flags_ok && effort_ok &&
         system_ok;
}

// Whether a member begins anywhere behind the first one's header.
absl::StatusOr<bool> HasSecondMember(const StoredFile& file) {
  std::vector<char> block(size_t{64} << 10);
  uint64_t offset = kHeaderBytes;
  for (;;) {
    AKIN_ASSIGN_OR_RETURN(const size_t got,
                          file.ReadAt(offset, block.data(), block.size()));
    if (got < kHeaderBytes) return false;
    for (size_t i = 0; i + kHeaderBytes <= got; ++i) {
      if (IsMemberHeader(block.data() + i)) return true;
    }
    offset += got - kHeaderBytes + 1;
  }
}

}  // namespace

uint32_t ExtendGzipCrc(uint32_t crc, absl::string_view more) {
  return crc32_gzip_refl(
      crc, reinterpret_cast<const unsigned char*>(more.data()), more.size());
}

absl::Status CheckGzipSums(const std::string& path, const StoredFile& file,
                           uint32_t crc, uint64_t length) {
  // A pipe cannot be read a second time.
  if (!file.size().has_value() || *file.size() < kTrailerBytes) {
    return absl::OkStatus();
  }
  char trailer[kTrailerBytes];
  AKIN_ASSIGN_OR_RETURN(
      const size_t got,
      file.ReadAt(*file.size() - kTrailerBytes, trailer, kTrailerBytes));
  const bool same_length =
      LoadU32(trailer + 4) == static_cast<uint32_t>(length);
  if (got == kTrailerBytes && same_length && LoadU32(trailer) == crc) {
    return absl::OkStatus();
  }
  AKIN_ASSIGN_OR_RETURN(const bool several, HasSecondMember(file));
  if (several) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      path, ": damaged gzip data: the ", same_length ? "checksum" : "length",
      " at its end is not that of the data"));
}

}  // namespace akin
