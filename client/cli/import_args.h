// What `akin import` is told, as a message and as files.
#ifndef AKIN_CLIENT_CLI_IMPORT_ARGS_H_
#define AKIN_CLIENT_CLI_IMPORT_ARGS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "akin/v1/catalog_service.pb.h"
#include "client/cpp/import.h"

namespace CLI {
class App;
}

namespace akin::client {

// As typed.
struct ImportFlags {
  std::string model;
  std::vector<std::string> tables;
  std::optional<int64_t> version;
  std::optional<std::string> training_run;
  std::vector<std::string> metadata;
  std::optional<std::string> golden_file;
  std::optional<std::string> import_id;
  std::optional<std::string> on_bad_row;  // "fail" or "skip"
  bool no_wait = false;
};

// Registers them. `flags` has to outlive `app`.
void AddImportFlags(CLI::App& app, ImportFlags* flags);

struct ImportArgs {
  v1::ImportBegin begin;
  std::map<std::string, ImportFiles> files;  // by table
};

// With the files described and an import id. A usage error says what was
// expected and what came.
absl::StatusOr<ImportArgs> ReadImportArgs(const ImportFlags& flags);

struct TableArgument {
  v1::ImportTable table;
  ImportFiles files;
};

// NAME=FILE and options, "users=u.npy,ids=u.txt,metric=dot", as akin-build
// reads it: a file name may hold commas as long as no "word=" follows one.
// Which formats and types of attributes there are the server says.
absl::StatusOr<TableArgument> ParseTableArgument(absl::string_view text);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_IMPORT_ARGS_H_
