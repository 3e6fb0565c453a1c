// Predicates in a line each.

#ifndef AKIN_TESTS_SUPPORT_PREDICATES_H_
#define AKIN_TESTS_SUPPORT_PREDICATES_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "index/query/predicate.h"
#include "index/search/row_set.h"

namespace akin {

inline Predicate In(absl::string_view attribute,
                    std::vector<AttributeValue> values) {
  Predicate in;
  in.kind = Predicate::Kind::kIn;
  in.attribute = attribute;
  in.values = std::move(values);
  return in;
}

inline Predicate Of(Predicate::Kind kind, std::vector<Predicate> parts) {
  Predicate of;
  of.kind = kind;
  of.parts = std::move(parts);
  return of;
}

inline Predicate Exists(absl::string_view attribute) {
  Predicate exists;
  exists.kind = Predicate::Kind::kExists;
  exists.attribute = attribute;
  return exists;
}

inline Predicate Range(absl::string_view attribute,
                       std::optional<AttributeValue> low,
                       std::optional<AttributeValue> high) {
  Predicate range;
  range.kind = Predicate::Kind::kRange;
  range.attribute = attribute;
  range.low = low;
  range.high = high;
  return range;
}

inline Predicate Prefix(absl::string_view attribute, AttributeValue prefix) {
  Predicate predicate = In(attribute, {prefix});
  predicate.kind = Predicate::Kind::kPrefix;
  return predicate;
}

inline std::vector<uint32_t> Members(const RowSet& set) {
  std::vector<uint32_t> rows;
  set.ForEach(0, set.rows(), [&](uint32_t row) { rows.push_back(row); });
  return rows;
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_PREDICATES_H_
