// The header of a .npy file: magic, version, and a Python dict in text.

#ifndef AKIN_INDEX_FORMATS_NPY_HEADER_H_
#define AKIN_INDEX_FORMATS_NPY_HEADER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/formats/byte_stream.h"
#include "index/formats/stored_number.h"
#include "index/formats/word2vec_header.h"

namespace akin {

inline constexpr absl::string_view kNpyMagic("\x93NUMPY", 6);

// What a header says, of any dtype and shape.
struct NpyArray {
  std::string descr;  // "<f4"; empty: records
  bool fortran_order = false;
  std::vector<std::string> shape;  // any number of digits each
};

// Consumes the header; the data follow. INVALID_ARGUMENT: a header that cannot
// be read. DATA_LOSS: the file ends within it. Both name the file.
absl::StatusOr<NpyArray> ReadNpyArray(ByteStream* stream);

struct NpyHeader {
  NumberType type;
  TableShape shape;
};

// Whether it has a dtype that is read and two dimensions, whatever they are.
bool IsMatrix(const NpyArray& array);

// INVALID_ARGUMENT, naming the file and what to do: a dtype that is not read
// (pickled objects among them), not two dimensions, Fortran order.
absl::StatusOr<NpyHeader> MatrixOf(const std::string& path,
                                   const NpyArray& array);

// Both. INVALID_ARGUMENT too when the file is not exactly as long as the header
// says.
absl::StatusOr<NpyHeader> ReadNpyHeader(ByteStream* stream);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_NPY_HEADER_H_
