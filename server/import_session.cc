#include "server/import_session.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/durable_file.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/base/system_error.h"
#include "index/version/repository.h"
#include "server/import_begin.h"
#include "server/spool_file.h"

namespace akin::server {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kPrefix = ".import-";
constexpr absl::string_view kBegin = "begin";
constexpr absl::string_view kDone = "done";
// A `begin` came in one message.
constexpr size_t kMostBeginBytes = size_t{64} << 20;
constexpr size_t kMostDoneBytes = 64 << 10;

std::string ModelFolderOf(const std::string& repository,
                          const v1::ImportBegin& begin) {
  return absl::StrCat(repository, "/", begin.model());
}

bool IsThere(const std::string& path) {
  struct stat facts = {};
  return lstat(path.c_str(), &facts) == 0;
}

// False: it was there. A link is not followed: the repository's readers do not
// either.
absl::StatusOr<bool> MakeModelFolder(const std::string& folder) {
  if (mkdir(folder.c_str(), 0755) == 0) return true;
  if (errno != EEXIST) return SystemError(folder, "cannot be created");
  struct stat facts = {};
  if (lstat(folder.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) {
    return false;
  }
  return absl::FailedPreconditionError(absl::StrCat(folder, " is no folder"));
}

// Of all models: another import of the same one may never come.
void RemoveStaleImports(const std::string& repository,
                        const std::string& except) {
  std::error_code error;
  for (fs::directory_iterator at(repository, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code unknown;
    if (!CheckName("model", name).ok() ||
        at->symlink_status(unknown).type() != fs::file_type::directory) {
      continue;
    }
    RemoveStaleSpools(absl::StrCat(repository, "/", name), kPrefix, except,
                      absl::ToInt64Seconds(kImportKept));
  }
}

}  // namespace

ImportSession::ImportSession(const Options& options,
                             const v1::ImportBegin& begin)
    : options_(options),
      begin_(begin),
      folder_(absl::StrCat(ModelFolderOf(options.repository, begin), "/",
                           kPrefix, begin.import_id())) {}

ImportSession::~ImportSession() = default;

absl::StatusOr<std::unique_ptr<ImportSession>> ImportSession::Open(
    const Options& options, const v1::ImportBegin& begin,
    absl::Duration patience) {
  AKIN_RETURN_IF_ERROR(CheckImportBegin(begin));
  const std::string model_folder = ModelFolderOf(options.repository, begin);
  AKIN_ASSIGN_OR_RETURN(const bool made, MakeModelFolder(model_folder));
  auto session = OpenFolder(options, begin, patience);
  // Only where nobody has put anything into it.
  if (made && !session.ok()) rmdir(model_folder.c_str());
  return session;
}

absl::StatusOr<std::unique_ptr<ImportSession>> ImportSession::OpenFolder(
    const Options& options, const v1::ImportBegin& begin,
    absl::Duration patience) {
  auto session =
      std::unique_ptr<ImportSession>(new ImportSession(options, begin));
  AKIN_RETURN_IF_ERROR(SyncFolder(options.repository));
  RemoveStaleImports(options.repository, session->folder_);
  auto lock = TakeSpoolFolder(session->folder_, patience);
  if (absl::IsAborted(lock.status())) {
    return absl::AbortedError(
        absl::StrCat("another call is sending ", NameOfImport(begin)));
  }
  AKIN_RETURN_IF_ERROR(lock.status());
  session->lock_ = *std::move(lock);
  const bool is_new = !IsThere(session->In(kBegin));
  if (absl::Status prepared = session->Prepare(); !prepared.ok()) {
    if (is_new) session->Remove();
    return prepared;
  }
  return session;
}

absl::Status ImportSession::Prepare() {
  AKIN_RETURN_IF_ERROR(Resume());
  if (done_.has_value()) return absl::OkStatus();
  AKIN_RETURN_IF_ERROR(CheckVersionIsFree());
  AKIN_RETURN_IF_ERROR(OpenFiles());
  AKIN_RETURN_IF_ERROR(CheckRoom());
  AKIN_RETURN_IF_ERROR(ReplaceDurably(In(kBegin), SerializeSame(begin_)));
  AKIN_RETURN_IF_ERROR(SyncFolder(folder_));
  return SyncFolder(ModelFolderOf(options_.repository, begin_));
}

// What is there already must be of the same files.
absl::Status ImportSession::Resume() {
  const auto bytes = ReadWhole(In(kBegin), kMostBeginBytes);
  if (absl::IsNotFound(bytes.status())) return absl::OkStatus();
  AKIN_RETURN_IF_ERROR(bytes.status());
  v1::ImportBegin before;
  if (!before.ParseFromString(*bytes)) {
    return absl::FailedPreconditionError(
        absl::StrCat(In(kBegin), " is damaged; begin with another import id"));
  }
  AKIN_RETURN_IF_ERROR(CheckSameFiles(before, begin_));
  const auto done_bytes = ReadWhole(In(kDone), kMostDoneBytes);
  if (absl::IsNotFound(done_bytes.status())) return absl::OkStatus();
  AKIN_RETURN_IF_ERROR(done_bytes.status());
  v1::ImportDone done;
  if (!done.ParseFromString(*done_bytes) || done.version() < 1 ||
      !IsThere(
          VersionFolder(options_.repository, begin_.model(), done.version()))) {
    // Somebody has removed the version: it is wanted anew.
    unlink(In(kDone).c_str());
    return absl::OkStatus();
  }
  if (!AskTheSame(before, begin_)) {
    return absl::FailedPreconditionError(absl::StrCat(
        NameOfImport(begin_), " is done with other settings, as version ",
        done.version(), "; another needs another import id"));
  }
  done_ = std::move(done);
  return absl::OkStatus();
}

// Before gigabytes are sent for nothing; the build looks again.
absl::Status ImportSession::CheckVersionIsFree() const {
  if (begin_.version() == 0 ||
      !IsThere(VersionFolder(options_.repository, begin_.model(),
                             begin_.version()))) {
    return absl::OkStatus();
  }
  return absl::AlreadyExistsError(absl::StrCat("version ", begin_.version(),
                                               " of model ", begin_.model(),
                                               " is there already"));
}

absl::Status ImportSession::OpenFiles() {
  files_.reserve(begin_.tables_size());
  for (const v1::ImportTable& table : begin_.tables()) {
    AKIN_ASSIGN_OR_RETURN(
        ImportTableFiles files,
        ImportTableFiles::Open(folder_, begin_.model(), table));
    files_.push_back(std::move(files));
  }
  return absl::OkStatus();
}

absl::Status ImportSession::CheckRoom() const {
  uint64_t missing = 0;
  for (const ImportTableFiles& files : files_) missing += files.missing_bytes();
  struct statvfs disk = {};
  if (statvfs(folder_.c_str(), &disk) != 0) {
    return SystemError(folder_, "cannot be looked at");
  }
  const uint64_t free = uint64_t{disk.f_bavail} * disk.f_frsize;
  if (missing <= free) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the repository's disk has ", free, " bytes free, ",
                   NameOfImport(begin_), " needs ", missing, " more"));
}

v1::ImportOffsets ImportSession::offsets() const {
  v1::ImportOffsets offsets;
  for (const ImportTableFiles& files : files_) {
    *offsets.add_offsets() = files.offset();
  }
  return offsets;
}

absl::StatusOr<ImportTableFiles*> ImportSession::FindTable(
    const std::string& name) {
  for (size_t i = 0; i < files_.size(); ++i) {
    if (begin_.tables(static_cast<int>(i)).name() == name) return &files_[i];
  }
  return absl::InvalidArgumentError(
      absl::StrCat("a part is of table \"", name.substr(0, 128),
                   "\", which the import does not name"));
}

absl::StatusOr<bool> ImportSession::Append(const v1::ImportChunk& chunk) {
  AKIN_ASSIGN_OR_RETURN(ImportTableFiles* const files,
                        FindTable(chunk.table()));
  return files->Append(chunk, options_.sync_bytes);
}

absl::StatusOr<bool> ImportSession::AppendRows(const v1::ImportRows& rows) {
  AKIN_ASSIGN_OR_RETURN(ImportTableFiles* const files, FindTable(rows.table()));
  return files->AppendRows(rows, options_.sync_bytes);
}

absl::Status ImportSession::Complete() {
  for (ImportTableFiles& files : files_) {
    AKIN_RETURN_IF_ERROR(files.Complete());
  }
  return absl::OkStatus();
}

std::string ImportSession::WithSendersNames(std::string text) const {
  for (const ImportTableFiles& files : files_) files.UseSendersNames(&text);
  return text;
}

absl::Status ImportSession::SetDone(const v1::ImportDone& done) {
  if (options_.published) options_.published();
  AKIN_RETURN_IF_ERROR(ReplaceDurably(In(kDone), done.SerializeAsString()));
  for (ImportTableFiles& files : files_) files.Remove();
  return absl::OkStatus();
}

void ImportSession::Remove() { RemoveSpoolFolder(folder_); }

std::string ImportSession::In(absl::string_view name) const {
  return absl::StrCat(folder_, "/", name);
}

}  // namespace akin::server
