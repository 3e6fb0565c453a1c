#include "index/formats/gzip_check.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

// Eight bytes a step: kTables[k][b] is the effect of byte b, k bytes before
// the end of the step.
using Tables = std::array<std::array<uint32_t, 256>, 8>;

constexpr Tables MakeTables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xEDB88320u : 0u);
    }
    tables[0][byte] = crc;
  }
  for (size_t k = 1; k < tables.size(); ++k) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t crc = tables[k - 1][byte];
      tables[k][byte] = (crc >> 8) ^ tables[0][crc & 0xFFu];
    }
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

uint32_t LoadU32(const char* bytes) {
  const auto* b = reinterpret_cast<const unsigned char*>(bytes);
  return static_cast<uint32_t>(b[0]) | static_cast<uint32_t>(b[1]) << 8 |
         static_cast<uint32_t>(b[2]) << 16 | static_cast<uint32_t>(b[3]) << 24;
}

constexpr size_t kHeaderBytes = 10;
constexpr size_t kTrailerBytes = 8;

// Strict enough that 100 GB of compressed data hold none by chance.
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

void Crc32::Add(absl::string_view data) {
  uint32_t crc = state_;
  const char* p = data.data();
  size_t left = data.size();
  for (; left >= 8; p += 8, left -= 8) {
    const uint32_t low = LoadU32(p) ^ crc;
    const uint32_t high = LoadU32(p + 4);
    crc = kTables[7][low & 0xFFu] ^ kTables[6][(low >> 8) & 0xFFu] ^
          kTables[5][(low >> 16) & 0xFFu] ^ kTables[4][low >> 24] ^
          kTables[3][high & 0xFFu] ^ kTables[2][(high >> 8) & 0xFFu] ^
          kTables[1][(high >> 16) & 0xFFu] ^ kTables[0][high >> 24];
  }
  for (; left > 0; ++p, --left) {
    const auto byte = static_cast<unsigned char>(*p);
    crc = (crc >> 8) ^ kTables[0][(crc ^ byte) & 0xFFu];
  }
  state_ = crc;
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
