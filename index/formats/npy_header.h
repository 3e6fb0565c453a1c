// The header of a .npy file: magic, version, and a Python dict in text.

#ifndef AKIN_INDEX_FORMATS_NPY_HEADER_H_
#define AKIN_INDEX_FORMATS_NPY_HEADER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/formats/byte_stream.h"
#include "index/formats/word2vec_header.h"

namespace akin {

inline constexpr absl::string_view kNpyMagic("\x93NUMPY", 6);

enum class NpyType : uint8_t { kFloat16, kFloat32, kFloat64, kInt8 };

size_t BytesOf(NpyType type);

struct NpyHeader {
  NpyType type;
  TableShape shape;
};

// Consumes the header; the numbers follow. INVALID_ARGUMENT, naming the file
// and what to do: a header that cannot be read, another dtype (pickled objects
// among them), not two dimensions, Fortran order, or a file that is not exactly
// as long as the header says. DATA_LOSS: the file ends within the header.
absl::StatusOr<NpyHeader> ReadNpyHeader(ByteStream* stream);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_NPY_HEADER_H_
