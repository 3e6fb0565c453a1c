#include "server/import_session.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "index/base/durable_file.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/base/system_error.h"
#include "index/version/repository.h"
#include "server/import_begin.h"

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
  for (int i = 0; i < begin_.tables_size(); ++i) {
    const v1::ImportTable& table = begin_.tables(i);
    const std::string name =
        absl::StrCat("table ", begin_.model(), "/", table.name());
    AKIN_ASSIGN_OR_RETURN(
        SpoolFile vectors,
        SpoolFile::Open(In(absl::StrCat(table.name(), ".vectors")),
                        absl::StrCat(name, ": ", table.file_name()),
                        table.file_bytes()));
    files_.push_back({std::move(vectors), std::nullopt});
    if (table.ids_bytes() == 0) continue;
    AKIN_ASSIGN_OR_RETURN(
        SpoolFile ids,
        SpoolFile::Open(In(absl::StrCat(table.name(), ".ids")),
                        absl::StrCat(name, ": ", table.ids_file_name()),
                        table.ids_bytes()));
    files_.back().ids.emplace(std::move(ids));
  }
  return absl::OkStatus();
}

absl::Status ImportSession::CheckRoom() const {
  uint64_t missing = 0;
  for (const TableFiles& files : files_) {
    missing += files.vectors.bytes() - files.vectors.written();
    if (files.ids) missing += files.ids->bytes() - files.ids->written();
  }
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
  for (int i = 0; i < begin_.tables_size(); ++i) {
    v1::ImportOffset* offset = offsets.add_offsets();
    offset->set_table(begin_.tables(i).name());
    if (done_.has_value()) {
      offset->set_file_bytes(begin_.tables(i).file_bytes());
      offset->set_ids_bytes(begin_.tables(i).ids_bytes());
      continue;
    }
    offset->set_file_bytes(files_[i].vectors.synced());
    if (files_[i].ids) offset->set_ids_bytes(files_[i].ids->synced());
  }
  return offsets;
}

absl::StatusOr<bool> ImportSession::Append(const v1::ImportChunk& chunk) {
  for (size_t i = 0; i < files_.size(); ++i) {
    if (begin_.tables(static_cast<int>(i)).name() != chunk.table()) continue;
    if (!chunk.ids()) {
      return files_[i].vectors.Append(chunk.offset(), chunk.data(),
                                      options_.sync_bytes);
    }
    if (files_[i].ids) {
      return files_[i].ids->Append(chunk.offset(), chunk.data(),
                                   options_.sync_bytes);
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "a part is of the ids of table ", chunk.table(), ", which has none"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("a part is of table \"", chunk.table().substr(0, 128),
                   "\", which the import does not name"));
}

absl::Status ImportSession::CheckComplete() const {
  for (const TableFiles& files : files_) {
    for (const SpoolFile* file :
         {&files.vectors, files.ids ? &*files.ids : nullptr}) {
      if (file == nullptr || file->synced() == file->bytes()) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(file->name(), " lacks ", file->bytes() - file->synced(),
                       " of ", file->bytes(), " bytes"));
    }
  }
  return absl::OkStatus();
}

std::string ImportSession::VectorsPath(int i) const {
  return files_[i].vectors.path();
}

std::string ImportSession::IdsPath(int i) const {
  return files_[i].ids ? files_[i].ids->path() : "";
}

std::string ImportSession::WithSendersNames(std::string text) const {
  for (int i = 0; i < static_cast<int>(files_.size()); ++i) {
    const v1::ImportTable& table = begin_.tables(i);
    absl::StrReplaceAll({{VectorsPath(i), table.file_name()}}, &text);
    if (!files_[i].ids) continue;
    absl::StrReplaceAll({{IdsPath(i), table.ids_file_name()}}, &text);
  }
  return text;
}

absl::Status ImportSession::SetDone(const v1::ImportDone& done) {
  if (options_.published) options_.published();
  AKIN_RETURN_IF_ERROR(ReplaceDurably(In(kDone), done.SerializeAsString()));
  for (const TableFiles& files : files_) {
    unlink(files.vectors.path().c_str());
    if (files.ids) unlink(files.ids->path().c_str());
  }
  return absl::OkStatus();
}

void ImportSession::Remove() { RemoveSpoolFolder(folder_); }

std::string ImportSession::In(absl::string_view name) const {
  return absl::StrCat(folder_, "/", name);
}

}  // namespace akin::server
