// A hash that is the same in every process, on every machine, in every release:
// two servers that share out callers by it agree.

#ifndef AKIN_INDEX_BASE_STABLE_HASH_H_
#define AKIN_INDEX_BASE_STABLE_HASH_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace akin {

// FNV-1a, then the finaliser of MurmurHash3: keys that differ in their last
// digit only are spread over all 64 bits.
inline uint64_t StableHash(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

// The hash as a number from 0 to just below 1.
inline double StableShare(absl::string_view text) {
  constexpr double kStep = 1.0 / (uint64_t{1} << 53);
  return static_cast<double>(StableHash(text) >> 11) * kStep;
}

}  // namespace akin

#endif  // AKIN_INDEX_BASE_STABLE_HASH_H_
