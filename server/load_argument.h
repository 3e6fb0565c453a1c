// What --load says.

#ifndef AKIN_SERVER_LOAD_ARGUMENT_H_
#define AKIN_SERVER_LOAD_ARGUMENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/version/load_version.h"

namespace akin::server {

struct LoadArgument {
  std::string model;
  TableSpec table;
};

// One --load: "model/table=FILE[,ids=FILE][,metric=M][,index=I][,profile=P]". A
// file name may hold commas as long as no "word=" follows one. INVALID_ARGUMENT
// says what was expected and what came.
absl::StatusOr<LoadArgument> ParseLoad(absl::string_view text);

}  // namespace akin::server

#endif  // AKIN_SERVER_LOAD_ARGUMENT_H_
