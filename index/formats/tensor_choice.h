// Which of a file's named tensors holds the vectors: safetensors, npz, HDF5.

#ifndef AKIN_INDEX_FORMATS_TENSOR_CHOICE_H_
#define AKIN_INDEX_FORMATS_TENSOR_CHOICE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace akin {

struct NamedTensor {
  std::string name;
  std::string layout;      // "29528 x 2, F32", for messages
  bool is_matrix = false;  // 2-D, and of numbers that are read
};

// Which one: that called `wanted`, whatever it is, or with `wanted` empty the
// only matrix. INVALID_ARGUMENT names `path` and lists the matrices, or what
// there is instead.
absl::StatusOr<size_t> ChooseTensor(const std::string& path,
                                    const std::string& wanted,
                                    absl::Span<const NamedTensor> tensors);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_TENSOR_CHOICE_H_
