// Early return on errors. Abseil 20220623 does not ship these macros.
//
//   AKIN_RETURN_IF_ERROR(Check(x));
//   AKIN_ASSIGN_OR_RETURN(Table table, BuildTable(x));

#ifndef AKIN_INDEX_BASE_STATUS_MACROS_H_
#define AKIN_INDEX_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#define AKIN_RETURN_IF_ERROR(expr)                            \
  do {                                                        \
    if (absl::Status akin_status = (expr); !akin_status.ok()) \
      return akin_status;                                     \
  } while (false)

#define AKIN_CONCAT_INNER(a, b) a##b
#define AKIN_CONCAT(a, b) AKIN_CONCAT_INNER(a, b)

// A declaration cannot stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define AKIN_ASSIGN_OR_RETURN(lhs, expr) \
  AKIN_ASSIGN_OR_RETURN_IMPL(AKIN_CONCAT(akin_or_, __LINE__), lhs, expr)

#define AKIN_ASSIGN_OR_RETURN_IMPL(var, lhs, expr) \
  auto var = (expr);                               \
  if (!var.ok()) return std::move(var).status();   \
  lhs = *std::move(var)
// NOLINTEND(bugprone-macro-parentheses)

namespace akin {

// `status` with "context: " before its message; payloads are kept.
inline absl::Status Annotate(const absl::Status& status,
                             absl::string_view context) {
  if (status.ok()) return status;
  absl::Status out(status.code(),
                   absl::StrCat(context, ": ", status.message()));
  status.ForEachPayload(
      [&out](absl::string_view url, const absl::Cord& payload) {
        out.SetPayload(url, payload);
      });
  return out;
}

}  // namespace akin

#endif  // AKIN_INDEX_BASE_STATUS_MACROS_H_
