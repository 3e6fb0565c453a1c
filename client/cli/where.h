// The text of --where, such as
//   year >= 1990 and genre in ("Drama", "War") and not title prefix "The "
#ifndef AKIN_CLIENT_CLI_WHERE_H_
#define AKIN_CLIENT_CLI_WHERE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "akin/v1/attributes.pb.h"

namespace akin::client {

// Reads
//   predicate:  NAME = VALUE, NAME != VALUE, NAME < VALUE, <=, >, >=,
//               NAME in (VALUE, ...), NAME not in (VALUE, ...),
//               NAME between VALUE and VALUE, NAME prefix TEXT, NAME exists
//   and, or, not, and parentheses around them; not binds closest, then and.
// A NAME is letters, digits, '_', '-' and '.', or anything between
// `backquotes`; a VALUE is a number, true, false, or a text in "double" or
// 'single' quotes, in which \ takes the next character as it is. Words are read
// in any case. INVALID_ARGUMENT says where in the text, what was expected and
// what came.
absl::StatusOr<v1::Predicate> ParseWhere(absl::string_view text);

// For the help of commands that take it.
extern const char kWhereHelp[];

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_WHERE_H_
