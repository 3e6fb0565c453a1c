// libFuzzer over the header of safetensors: the input is the JSON, so that no
// run is lost on the eight bytes of its length.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "tests/fuzz/read_any.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const uint64_t length = size;
  std::string file(1 + sizeof(length), '\0');
  std::memcpy(file.data() + 1, &length, sizeof(length));
  file.append(reinterpret_cast<const char*>(data), size);
  file.append(64, '\x3C');  // the tensors' bytes
  akin::ReadAny(file);
  return 0;
}
