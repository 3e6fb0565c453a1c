// The JSON of a safetensors header, read as it comes from the stream.

#ifndef AKIN_INDEX_FORMATS_SAFETENSORS_JSON_H_
#define AKIN_INDEX_FORMATS_SAFETENSORS_JSON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "index/formats/byte_stream.h"
#include "index/formats/safetensors_header.h"

namespace akin {

// Consumes `bytes` bytes of JSON. `why`, empty before, says what is wrong with
// it, if anything: "the number -2 where there should be none". DATA_LOSS,
// naming the file: it ends within them. The tensors are in the order of the
// text, and not yet held against anything.
absl::StatusOr<std::vector<StoredTensor>> ReadTensorList(ByteStream* stream,
                                                         uint64_t bytes,
                                                         std::string* why);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_SAFETENSORS_JSON_H_
