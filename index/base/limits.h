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
inline constexpr size_t kMaxExcludeIds = 100'000;
inline constexpr size_t kMaxCombinationTerms = 1'000;
// Names of models, tables, labels and attributes.
inline constexpr size_t kMaxNameBytes = 128;
// Attributes: how many a table has, the text of a keyword, and what one filter
// is made of.
inline constexpr size_t kMaxAttributes = 256;
inline constexpr size_t kMaxKeywordBytes = 512;
inline constexpr size_t kMaxPredicates = 1'000;
inline constexpr size_t kMaxPredicateDepth = 32;
inline constexpr size_t kMaxPredicateValues = 100'000;
inline constexpr size_t kMaxFusionParts = 100;
inline constexpr size_t kMaxLadderQueries = 16;
inline constexpr size_t kMaxFallbackIds = 10'000;
// What a caller may ask to be fused or diversified.
inline constexpr size_t kMaxPool = 10'000;
// A page or a sample of a table's ids.
inline constexpr size_t kMaxListedIds = 10'000;
// Rows are uint32 and the largest value means "none".
inline constexpr uint64_t kMaxRows = 0xFFFF'FFFEu;

}  // namespace akin

#endif  // AKIN_INDEX_BASE_LIMITS_H_
