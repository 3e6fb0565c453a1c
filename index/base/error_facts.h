// The numbers and names behind an error, for programs: the server turns them
// into the typed detail of a failed rpc (akin.v1.ErrorDetail).
//
// They travel as a payload of the absl::Status, so an error passes through any
// layer, and through Annotate(), without losing them.

#ifndef AKIN_INDEX_BASE_ERROR_FACTS_H_
#define AKIN_INDEX_BASE_ERROR_FACTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace akin {

// A model, version, label, table or id that does not exist.
struct UnknownName {
  std::string name;
  std::vector<std::string> near;
  // Of an id: where it was looked for; else empty.
  std::string table = {};
};

// `limit` is the field of akin.v1.ServerLimits that says `maximum`.
struct LimitExceeded {
  std::string limit;
  uint64_t maximum;
  uint64_t actual;
};

struct DimensionMismatch {
  uint32_t expected;
  uint32_t actual;
};

using ErrorFacts = std::variant<UnknownName, LimitExceeded, DimensionMismatch>;

// NOT_FOUND: "<what> "<name>" does not exist in <where>; did you mean ...?"
// INVALID_ARGUMENT, without the name, when that is longer than an id may be.
absl::Status UnknownNameError(absl::string_view what, absl::string_view name,
                              absl::string_view where,
                              std::vector<std::string> near);

// `status` with `facts` attached.
absl::Status WithFacts(absl::Status status, const ErrorFacts& facts);

// The facts attached to `status`, if any.
std::optional<ErrorFacts> FactsOf(const absl::Status& status);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_ERROR_FACTS_H_
