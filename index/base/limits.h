// The caps of akin, in one place. GetServerInfo publishes them; nothing sized
// by a caller's number is allocated before that number was held against them.

#ifndef AKIN_INDEX_BASE_LIMITS_H_
#define AKIN_INDEX_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace akin {

inline constexpr size_t kMaxIdBytes = 512;
inline constexpr uint32_t kMaxDimension = 32'768;
inline constexpr uint32_t kMaxK = 10'000;
inline constexpr size_t kMaxBatchQueries = 10'000;
inline constexpr size_t kMaxMessageBytes = 16u << 20;
inline constexpr size_t kMaxExcludeIds = 10'000;
inline constexpr size_t kMaxCombinationTerms = 1'000;
// Names of models, tables and labels.
inline constexpr size_t kMaxNameBytes = 128;
// Rows are uint32 and the largest value means "none".
inline constexpr uint64_t kMaxRows = 0xFFFF'FFFEu;

}  // namespace akin

#endif  // AKIN_INDEX_BASE_LIMITS_H_
