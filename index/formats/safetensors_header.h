// The header of a .safetensors file: its length in eight bytes, then JSON that
// says of every tensor its dtype, shape, and where its bytes are. As
// github.com/huggingface/safetensors defines and checks it.

#ifndef AKIN_INDEX_FORMATS_SAFETENSORS_HEADER_H_
#define AKIN_INDEX_FORMATS_SAFETENSORS_HEADER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/formats/byte_stream.h"

namespace akin {

inline constexpr uint64_t kMaxSafetensorsHeaderBytes = 100'000'000;
inline constexpr size_t kMaxSafetensorsTensors = 100'000;
inline constexpr size_t kMaxTensorDimensions = 8;

// Whether a file that begins like this is one.
bool IsSafetensors(absl::string_view head);

struct StoredTensor {
  std::string name;
  std::string dtype;            // "F32"; any text
  std::vector<uint64_t> shape;  // at most kMaxTensorDimensions
  uint64_t begin = 0;           // its bytes, from the header's end
  uint64_t end = 0;
};

struct SafetensorsHeader {
  std::vector<StoredTensor> tensors;  // in the order of their bytes
  uint64_t data_bytes = 0;            // of all of them
};

// Bits of a number of this dtype; absent when it is unknown.
std::optional<uint64_t> BitsOf(absl::string_view dtype);

// Consumes the header; the tensors' bytes follow. INVALID_ARGUMENT: longer than
// it may be, no JSON of that form, a name twice, bytes that overlap, leave a
// gap, or are not as many as shape and dtype say, or a file that is longer than
// the header says. DATA_LOSS: the file is shorter. All name the file. Memory is
// of the order of the header's length.
absl::StatusOr<SafetensorsHeader> ReadSafetensorsHeader(ByteStream* stream);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_SAFETENSORS_HEADER_H_
