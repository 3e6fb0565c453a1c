// The ids of a .npz: a 1-D npy array of text ('<U', '|S') or whole numbers.

#ifndef AKIN_INDEX_FORMATS_NPZ_IDS_H_
#define AKIN_INDEX_FORMATS_NPZ_IDS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "index/formats/byte_stream.h"
#include "index/formats/row_ids.h"

namespace akin {

// `stream` stands before the array's magic; its path names the array.
// INVALID_ARGUMENT: another dtype (pickled objects among them) or shape, or not
// `rows` ids. Code points that are none become bytes that are no UTF-8, for the
// table to refuse or repair.
absl::StatusOr<std::unique_ptr<RowIds>> OpenNpzIds(
    std::unique_ptr<ByteStream> stream, const std::string& vectors_path,
    uint64_t rows);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_NPZ_IDS_H_
