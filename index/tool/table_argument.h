// A trained file as it is named on a command line: --load of akin-server,
// --table of akin-build.

#ifndef AKIN_INDEX_TOOL_TABLE_ARGUMENT_H_
#define AKIN_INDEX_TOOL_TABLE_ARGUMENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/version/load_version.h"

namespace akin {

// "table=FILE[,ids=FILE][,tensor=NAME][,format=F][,metric=M][,index=I]
// [,profile=P][,attributes=FILE][,attribute_types=NAME:TYPE,...]", without a
// blank. A file name may hold commas as long as no "word=" follows one. What is
// not said is as in `defaults`. INVALID_ARGUMENT says what was expected and
// what came; `flag` is for messages.
absl::StatusOr<TableSpec> ParseTable(absl::string_view flag,
                                     absl::string_view text,
                                     const TableSpec& defaults);

struct LoadArgument {
  std::string model;
  TableSpec table;
};

// The same with "model/" in front.
absl::StatusOr<LoadArgument> ParseLoad(absl::string_view text);

// "auto", "exact" or "graph"; "auto", "fast" or "compact"; "strict", "replace"
// or "ignore". INVALID_ARGUMENT: another.
absl::StatusOr<IndexChoice> ParseIndex(absl::string_view name);
absl::StatusOr<Profile> ParseProfile(absl::string_view name);
absl::StatusOr<Utf8Policy> ParseUtf8Policy(absl::string_view name);
// "fail" or "skip".
absl::StatusOr<OnBadRow> ParseOnBadRow(absl::string_view name);

}  // namespace akin

#endif  // AKIN_INDEX_TOOL_TABLE_ARGUMENT_H_
