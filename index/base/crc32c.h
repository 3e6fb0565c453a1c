// CRC-32C (Castagnoli), as iSCSI and ext4 have it: of "123456789" 0xE3069283.

#ifndef AKIN_INDEX_BASE_CRC32C_H_
#define AKIN_INDEX_BASE_CRC32C_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace akin {

// `before` is the sum of the bytes that go before these, 0 if none do.
uint32_t Crc32c(absl::string_view bytes, uint32_t before = 0);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_CRC32C_H_
