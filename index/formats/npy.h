// .npy: a 2-D array that numpy.save wrote, one row a vector. It holds no ids.

#ifndef AKIN_INDEX_FORMATS_NPY_H_
#define AKIN_INDEX_FORMATS_NPY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "index/formats/byte_stream.h"
#include "index/formats/vector_source.h"

namespace akin {

// `stream` stands before the magic. Errors of the header: npy_header.h; of the
// ids: row_ids.h; of the rows: dense_rows.h.
absl::StatusOr<std::unique_ptr<VectorSource>> OpenNpy(
    std::unique_ptr<ByteStream> stream, const std::string& ids_path);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_NPY_H_
