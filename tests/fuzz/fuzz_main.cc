// libFuzzer over one target, AKIN_FUZZ_TARGET.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const akin::FuzzTarget* const target =
      akin::FindFuzzTarget(AKIN_FUZZ_TARGET);
  if (target == nullptr) std::abort();
  target->read(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
