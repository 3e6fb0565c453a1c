// The arguments of `akin search` that say what to search for.
#ifndef AKIN_CLIENT_CLI_QUERY_ARGS_H_
#define AKIN_CLIENT_CLI_QUERY_ARGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "akin/v1/vector.pb.h"

namespace CLI {
class App;
}

namespace akin::client {

// As typed.
struct QueryFlags {
  std::optional<std::string> id;
  std::optional<std::string> vector;
  std::optional<std::string> vector_file;
  std::vector<std::string> plus;
  std::vector<std::string> minus;
  std::optional<std::string> method;  // of plus and minus
  bool keep_inputs = false;
  std::vector<std::string> history;
  std::vector<std::string> fallback;
  std::vector<std::string> fuse;
  std::optional<std::string> fusion;
  bool fold_case = false;  // of all ids
};

// Registers --id, --vector, --vector-file, --plus, --minus, --history, --fuse
// and what belongs to them. `flags` has to outlive `app`.
void AddQueryFlags(CLI::App& app, QueryFlags* flags);

// How ids are written, for the help.
extern const char kIdHelp[];

// The queries that `flags` ask of `table`: at least one, and several only from
// a vector file. A usage error unless exactly one kind of query is given;
// --history may follow --id, and --fallback both: then the first of them that
// can be answered answers.
absl::StatusOr<std::vector<v1::Query>> ReadQueries(const QueryFlags& flags,
                                                   absl::string_view table);

// What --fold-case says in the help. Several commands have it.
void AddFoldCaseFlag(CLI::App& app, bool* fold_case);

// Reads [TABLE:]ID. What stands before the first ':' is a table if it consists
// of letters, digits, '_', '-' and '.'; else the whole text is the id.
// `searched` itself is left out of the result. INVALID_ARGUMENT if the id is
// empty or no UTF-8.
absl::StatusOr<v1::ItemRef> ParseItemRef(absl::string_view text,
                                         absl::string_view searched);

// Reads [WEIGHT*][TABLE:]ID. What stands before the first '*' is a weight if it
// is a number; else the whole text is [TABLE:]ID.
absl::StatusOr<v1::Term> ParseTerm(absl::string_view text,
                                   absl::string_view searched);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_QUERY_ARGS_H_
