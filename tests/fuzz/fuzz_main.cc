// libFuzzer over one target, AKIN_FUZZ_TARGET.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::optional<akin::FuzzTarget> target =
      akin::FindFuzzTarget(AKIN_FUZZ_TARGET);
  if (!target.has_value()) std::abort();
  target->read(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
