// What comes back. Plain values.

#ifndef AKIN_INDEX_QUERY_ANSWER_H_
#define AKIN_INDEX_QUERY_ANSWER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "index/base/attribute_value.h"
#include "index/search/searcher.h"

namespace akin {

// What an id has of one attribute; views are valid as long as the version.
struct HitAttribute {
  absl::string_view name;
  AttributeType type;
  std::vector<AttributeValue> values;  // several of a list
};

struct Hit {
  absl::string_view id;  // valid as long as the version
  float score;
  std::vector<float> vector;  // as trained; empty unless asked for
  std::vector<HitAttribute> attributes = {};  // those it has, if asked for
};

// Why there are fewer than k hits.
struct Shortfall {
  enum class Reason : uint8_t {
    kTableSize,
    kExcluded,
    kMinScore,
    kFilter,      // the filter holds for fewer
    kGroups,      // the rest are of groups that are full
    kCandidates,  // what was fused or diversified had no more
  };
  uint32_t missing;
  Reason reason;
  std::string detail;
};

struct Answer {
  std::vector<Hit> hits;  // best first; with diversity as they were taken
  std::optional<Shortfall> shortfall;
  SearchStats stats;
  // Of FirstOf: which query answered, from 1; its fallback is the one behind
  // the last. 0: the query was none.
  uint32_t rung = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_ANSWER_H_
