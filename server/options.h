// The command line of akin-server.

#ifndef AKIN_SERVER_OPTIONS_H_
#define AKIN_SERVER_OPTIONS_H_

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/version/load_version.h"

namespace akin::server {

struct ModelSpec {
  std::string model;
  std::vector<TableSpec> tables;
};

struct ServerOptions {
  std::string listen = "127.0.0.1:7400";
  std::vector<ModelSpec> models;  // in the order first named
  size_t threads = 1;
  double drain_seconds = 10;
};

// What main is to do instead of serving: --help, --version, or bad usage.
struct ExitNow {
  int code;  // 0, or 2 for bad usage
  std::string message;
};

std::variant<ServerOptions, ExitNow> ParseOptions(int argc, char** argv);

// One --load: "model/table=FILE[,ids=FILE][,metric=M][,index=I][,profile=P]". A
// file name may hold commas as long as no "word=" follows one. INVALID_ARGUMENT
// says what was expected and what came.
struct LoadArgument {
  std::string model;
  TableSpec table;
};
absl::StatusOr<LoadArgument> ParseLoad(absl::string_view text);

}  // namespace akin::server

#endif  // AKIN_SERVER_OPTIONS_H_
