// Who may call what: every method that the server answers, and the role that it
// wants. What is not in the table is refused, so a new rpc is closed until it
// is added there.

#ifndef AKIN_SERVER_AUTH_ROLES_H_
#define AKIN_SERVER_AUTH_ROLES_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/call_stats.h"

namespace akin::server {

// Each may do what those before it may.
enum class Role : uint8_t { kSearch = 1, kEdit, kAdmin };

absl::string_view NameOf(Role role);
std::optional<Role> ParseRole(absl::string_view name);

struct Method {
  absl::string_view path;    // as gRPC has it: "/akin.v1.SearchService/Search"
  std::optional<Role> role;  // none: open to everybody, for probes

  absl::string_view name() const { return path.substr(path.rfind('/') + 1); }
  // Whether every call gets a line in the audit log: those that change
  // something, or show who else is there.
  bool audited() const { return role.has_value() && *role != Role::kSearch; }
};

absl::Span<const Method> Methods();

// Null: not in the table.
const Method* FindMethod(absl::string_view path);

// Of an rpc of ours; a query of a stream has its stream's.
const Method& MethodOf(Rpc rpc);

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_ROLES_H_
