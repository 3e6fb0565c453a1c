// One input of the fuzzer: a first byte that says what is asked for, then the
// file's bytes.

#ifndef AKIN_TESTS_FUZZ_READ_ANY_H_
#define AKIN_TESTS_FUZZ_READ_ANY_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace akin {

struct FuzzResult {
  bool opened = false;
  uint64_t rows = 0;    // good ones
  uint64_t id_sum = 0;  // of their ids' bytes
};

// Reads the file as OpenVectorSource promises it can be read, and ends the
// process where a promise is broken. `input` may be anything.
FuzzResult ReadAny(absl::string_view input);

}  // namespace akin

#endif  // AKIN_TESTS_FUZZ_READ_ANY_H_
