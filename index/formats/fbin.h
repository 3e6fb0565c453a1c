// fbin, u8bin, i8bin: rows and dimension as uint32, then float32, uint8 or int8
// numbers, row by row. They hold no ids.

#ifndef AKIN_INDEX_FORMATS_FBIN_H_
#define AKIN_INDEX_FORMATS_FBIN_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "index/formats/byte_stream.h"
#include "index/formats/raw_format.h"
#include "index/formats/vector_source.h"

namespace akin {

// `format` is kFbin, kU8bin or kI8bin; `stream` stands at the file's beginning.
// INVALID_ARGUMENT: rows or dimension out of range, bytes behind the last row.
// DATA_LOSS: the file is shorter than they say. Others: row_ids.h.
absl::StatusOr<std::unique_ptr<VectorSource>> OpenFbin(
    RawFormat format, std::unique_ptr<ByteStream> stream,
    const std::string& ids_path);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_FBIN_H_
