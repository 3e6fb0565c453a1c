// Sends trained files, or rows that are in no file, to a server, which makes a
// version of them.
#ifndef AKIN_CLIENT_CPP_IMPORT_H_
#define AKIN_CLIENT_CPP_IMPORT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "akin/v1/catalog_service.pb.h"
#include "client/cpp/client.h"
#include "client/cpp/import_call.h"
#include "client/cpp/import_files.h"

namespace akin::client {

struct ImportState {
  uint64_t bytes_kept = 0;  // on the server's disk
  uint64_t bytes = 0;       // of all files
  uint64_t rows_kept = 0;   // the same of rows that are in no file
  uint64_t rows = 0;        // as far as `begin` says how many there are
  // How far the build is; null before it has begun.
  const v1::ImportProgress* build = nullptr;
};

struct ImportOptions {
  size_t chunk_bytes = size_t{1} << 20;
  // A lost connection is set up again, after a pause that doubles, until so
  // many attempts in a row have not brought a byte or the build further.
  int attempts = 6;
  absl::Duration first_pause = absl::Milliseconds(500);
  // Called now and then, from another thread but one at a time. May be null.
  std::function<void(const ImportState&)> progress;
};

// Sends the files of begin.tables(), by table, each as DescribeFiles has found
// it, or their rows, and returns when the version is published. What the server
// has of them from earlier is not sent again. ABORTED: a file has changed
// meanwhile, or another call goes on with the import; others as the .proto
// says, or as who gives the rows says; UNAVAILABLE: no server any more; what it
// has stays there for a day.
absl::StatusOr<v1::ImportDone> ImportVersion(
    const Client& client, const v1::ImportBegin& begin,
    const std::map<std::string, ImportFiles>& files,
    const ImportOptions& options = {});

// The same with calls of any making.
absl::StatusOr<v1::ImportDone> ImportVersion(
    const std::function<std::unique_ptr<ImportCall>()>& start,
    const v1::ImportBegin& begin,
    const std::map<std::string, ImportFiles>& files,
    const ImportOptions& options);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CPP_IMPORT_H_
