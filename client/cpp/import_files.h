// What an import is made of, on the side of who sends it.
#ifndef AKIN_CLIENT_CPP_IMPORT_FILES_H_
#define AKIN_CLIENT_CPP_IMPORT_FILES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "akin/v1/catalog_service.pb.h"

namespace akin::client {

// Of one table: files, or `rows`.
struct ImportFiles {
  std::string path;
  std::string ids_path = {};         // empty: none
  std::string attributes_path = {};  // empty: none
  // Of a table of rows that are in no file: fills in the ids, the vectors and,
  // if there are any, the attributes of some rows, from number `offset` on; no
  // ids: there are no more. Asked for rows once more from an earlier offset
  // after a lost connection: it has to give the same ones again.
  std::function<absl::Status(uint64_t offset, v1::ImportRows* rows)> rows =
      nullptr;
};

// Fills in what `begin` says of the files of its tables: names, sizes and
// stamps. What it says of tables of rows is the caller's: their dimension, how
// many there are, if that is known, and a stamp. INVALID_ARGUMENT: a file that
// cannot be read, is empty, or is no regular one; a table without its files, or
// with rows that `begin` does not say it has.
absl::Status DescribeFiles(const std::map<std::string, ImportFiles>& files,
                           v1::ImportBegin* begin);

// INVALID_ARGUMENT: a table without its files, or with other than `begin` says.
absl::Status CheckFiles(const std::map<std::string, ImportFiles>& files,
                        const v1::ImportBegin& begin);

// ABORTED unless the files of the table are as they were described.
absl::Status CheckUnchanged(const ImportFiles& files,
                            const v1::ImportTable& before);

// A name for the import that is the same for the same files and settings, to go
// on with it later: "auto-0123456789abcdef". `begin` is as it will be sent.
std::string ImportIdOf(const v1::ImportBegin& begin);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CPP_IMPORT_FILES_H_
