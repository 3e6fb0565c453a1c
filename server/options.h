// The command line of akin-server, and the file named on it.

#ifndef AKIN_SERVER_OPTIONS_H_
#define AKIN_SERVER_OPTIONS_H_

#include <string>
#include <variant>
#include <vector>

#include "index/version/load_version.h"
#include "server/config.pb.h"

namespace akin::server {

struct ModelSpec {
  std::string model;
  std::vector<TableSpec> tables;
};

struct ServerOptions {
  Config config;                  // checked; `threads` is set
  std::vector<ModelSpec> models;  // in the order first named
};

// What main is to do instead of serving: --help, --version, --print-config, or
// bad usage.
struct ExitNow {
  int code;  // 0, or 2 for bad usage
  std::string message;
};

// A flag wins over the file given with --config, setting by setting.
std::variant<ServerOptions, ExitNow> ParseOptions(int argc, char** argv);

}  // namespace akin::server

#endif  // AKIN_SERVER_OPTIONS_H_
