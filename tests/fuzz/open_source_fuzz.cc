// libFuzzer over everything OpenVectorSource reads.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/read_any.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  akin::ReadAny(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
