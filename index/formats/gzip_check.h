// What libarchive leaves out of gzip: it skips the CRC and the length that
// stand behind the data, so a flipped bit would pass as other numbers.

#ifndef AKIN_INDEX_FORMATS_GZIP_CHECK_H_
#define AKIN_INDEX_FORMATS_GZIP_CHECK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "index/formats/stored_file.h"

namespace akin {

// `crc` is the gzip CRC-32 (RFC 1952) of some data, 0 for none; returns that of
// the data with `more` behind it.
uint32_t ExtendGzipCrc(uint32_t crc, absl::string_view more);

// Holds the decoded data's CRC and length against the file's last 8 bytes.
// DATA_LOSS when they differ and the file is a single gzip member. In a file of
// several members (`cat a.gz b.gz`) only the last one's sums can be found, so
// such a file is not checked.
absl::Status CheckGzipSums(const std::string& path, const StoredFile& file,
                           uint32_t crc, uint64_t length);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_GZIP_CHECK_H_
