// .safetensors: one 2-D tensor of the file, a row a vector. It holds no ids.

#ifndef AKIN_INDEX_FORMATS_SAFETENSORS_H_
#define AKIN_INDEX_FORMATS_SAFETENSORS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "index/formats/byte_stream.h"
#include "index/formats/vector_source.h"

namespace akin {

// `stream` stands before the header's length. `tensor` as ChooseTensor.
// INVALID_ARGUMENT: the header (safetensors_header.h), the choice, or a tensor
// that is not of F32, F16, BF16, F64 or I8 or not 2-D; others as row_ids.h and
// dense_rows.h say.
absl::StatusOr<std::unique_ptr<VectorSource>> OpenSafetensors(
    std::unique_ptr<ByteStream> stream, const std::string& tensor,
    const std::string& ids_path);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_SAFETENSORS_H_
