#include "index/base/error_facts.h"

#include <cstddef>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "index/base/limits.h"
#include "index/base/spelling.h"

namespace akin {
namespace {

// The payload is text: a kind and its fields, escaped, one a line.
constexpr absl::string_view kPayload = "akin/error-facts";
constexpr absl::string_view kUnknownName = "unknown_name";
constexpr absl::string_view kLimit = "limit";
constexpr absl::string_view kDimension = "dimension";

struct EncodeFields {
  std::vector<std::string> operator()(const UnknownName& facts) const {
    std::vector<std::string> fields = {std::string(kUnknownName), facts.name,
                                       facts.table};
    fields.insert(fields.end(), facts.near.begin(), facts.near.end());
    return fields;
  }
  std::vector<std::string> operator()(const LimitExceeded& facts) const {
    return {std::string(kLimit), facts.limit, absl::StrCat(facts.maximum),
            absl::StrCat(facts.actual)};
  }
  std::vector<std::string> operator()(const DimensionMismatch& facts) const {
    return {std::string(kDimension), absl::StrCat(facts.expected),
            absl::StrCat(facts.actual)};
  }
};

std::optional<ErrorFacts> Decode(const std::vector<std::string>& fields) {
  if (fields[0] == kUnknownName && fields.size() >= 3) {
    return UnknownName{
        fields[1], {fields.begin() + 3, fields.end()}, fields[2]};
  }
  if (fields[0] == kLimit && fields.size() == 4) {
    LimitExceeded facts{fields[1], 0, 0};
    if (absl::SimpleAtoi(fields[2], &facts.maximum) &&
        absl::SimpleAtoi(fields[3], &facts.actual)) {
      return facts;
    }
  }
  if (fields[0] == kDimension && fields.size() == 3) {
    DimensionMismatch facts{0, 0};
    if (absl::SimpleAtoi(fields[1], &facts.expected) &&
        absl::SimpleAtoi(fields[2], &facts.actual)) {
      return facts;
    }
  }
  return std::nullopt;
}

}  // namespace

absl::Status UnknownNameError(absl::string_view what, absl::string_view name,
                              absl::string_view where,
                              std::vector<std::string> near) {
  // An error that echoed any length would not fit into the call's trailers.
  if (name.size() > kMaxIdBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " name has ", name.size(),
                     " bytes, expected at most ", kMaxIdBytes));
  }
  absl::Status status = absl::NotFoundError(absl::StrCat(
      what, " \"", name, "\" does not exist in ", where, DidYouMean(near)));
  return WithFacts(std::move(status),
                   UnknownName{std::string(name), std::move(near)});
}

absl::Status WithFacts(absl::Status status, const ErrorFacts& facts) {
  std::vector<std::string> fields = std::visit(EncodeFields{}, facts);
  for (std::string& field : fields) field = absl::CEscape(field);
  status.SetPayload(kPayload, absl::Cord(absl::StrJoin(fields, "\n")));
  return status;
}

std::optional<ErrorFacts> FactsOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  if (!payload.has_value()) return std::nullopt;
  std::vector<std::string> fields;
  for (const absl::string_view escaped :
       absl::StrSplit(std::string(*payload), '\n')) {
    std::string field;
    if (!absl::CUnescape(escaped, &field)) return std::nullopt;
    fields.push_back(std::move(field));
  }
  return Decode(fields);
}

}  // namespace akin
