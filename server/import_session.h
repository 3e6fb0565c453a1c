// The files of one import on the server's disk, from `begin` until a version
// was made of them. They lie in a folder of their own, which stays when the
// sender is lost and is gone on with under the same import id, by this process
// or a later one:
//
//   <repository>/<model>/.import-<import_id>/
//     .lock             held as long as a session lives
//     begin             the ImportBegin
//     TABLE.vectors     as far as it has come
//     TABLE.ids
//     TABLE.attributes
//     TABLE.rows        of a table whose rows are in no file
//     done              in the end: the ImportDone, and no files any more
//
// Not thread-safe. Its calls wait for the disk.

#ifndef AKIN_SERVER_IMPORT_SESSION_H_
#define AKIN_SERVER_IMPORT_SESSION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/base/file_lock.h"
#include "server/import_table_files.h"

namespace akin::server {

// What nobody has gone on with for so long is removed by the next import, of
// whichever model.
inline constexpr absl::Duration kImportKept = absl::Hours(24);

class ImportSession {
 public:
  struct Options {
    std::string repository;
    // A file is brought to the disk each time it has grown by this much.
    uint64_t sync_bytes = uint64_t{8} << 20;
    // Told when a version is published, on the thread that builds. May be null.
    std::function<void()> published = nullptr;
  };

  // Begins an import, or goes on with one. As CheckImportBegin; ABORTED:
  // another session has had it for `patience`; FAILED_PRECONDITION: it was
  // begun with other files, or is done with other settings; ALREADY_EXISTS: the
  // version is there; RESOURCE_EXHAUSTED: the disk has no room for what is to
  // come; others: what the system says, with the path. An import that is
  // refused leaves nothing new behind.
  static absl::StatusOr<std::unique_ptr<ImportSession>> Open(
      const Options& options, const v1::ImportBegin& begin,
      absl::Duration patience = absl::ZeroDuration());

  ~ImportSession();  // the files stay
  ImportSession(const ImportSession&) = delete;
  ImportSession& operator=(const ImportSession&) = delete;

  const v1::ImportBegin& begin() const { return begin_; }
  // If its version was published before: nothing is to be sent.
  const std::optional<v1::ImportDone>& done() const { return done_; }

  // What a loss of power leaves of each table; of none once it is done.
  v1::ImportOffsets offsets() const;

  // True if offsets() have grown. INVALID_ARGUMENT: no such file, no data, not
  // where the file ends, or beyond its size. What the system says: it could not
  // be written; what was acknowledged is there.
  absl::StatusOr<bool> Append(const v1::ImportChunk& chunk);
  // The same of rows: INVALID_ARGUMENT also as RowSpool::Append says.
  absl::StatusOr<bool> AppendRows(const v1::ImportRows& rows);

  // Brings to the disk what is not there yet. INVALID_ARGUMENT names a file, or
  // a table of rows, of which something is missing, and how much.
  absl::Status Complete();

  // Of begin().tables(i).
  const ImportTableFiles& files(int i) const { return files_[i]; }
  // `text` with the path of each file replaced by the name that the sender
  // gave.
  std::string WithSendersNames(std::string text) const;

  // Its version is published: the files go, and that it is done stays.
  absl::Status SetDone(const v1::ImportDone& done);
  // Nothing stays. The session is of no use then.
  void Remove();

 private:
  ImportSession(const Options& options, const v1::ImportBegin& begin);

  static absl::StatusOr<std::unique_ptr<ImportSession>> OpenFolder(
      const Options& options, const v1::ImportBegin& begin,
      absl::Duration patience);
  absl::Status Prepare();
  absl::Status Resume();
  absl::Status CheckVersionIsFree() const;
  absl::Status OpenFiles();
  absl::Status CheckRoom() const;
  std::string In(absl::string_view name) const;
  // INVALID_ARGUMENT: no such table.
  absl::StatusOr<ImportTableFiles*> FindTable(const std::string& name);

  const Options options_;
  const v1::ImportBegin begin_;
  const std::string folder_;
  FileLock lock_;
  std::vector<ImportTableFiles> files_;  // as begin_.tables()
  std::optional<v1::ImportDone> done_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_SESSION_H_
