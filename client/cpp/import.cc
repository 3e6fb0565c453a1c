#include "client/cpp/import.h"

#include <fcntl.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace akin::client {
namespace {

constexpr absl::Duration kLongestPause = absl::Seconds(15);

absl::Status Unreadable(const std::string& path) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": cannot be read: ", std::strerror(errno)));
}

struct FileFacts {
  uint64_t bytes = 0;
  std::string stamp;
};

absl::StatusOr<FileFacts> FactsOf(const std::string& path) {
  struct stat facts = {};
  if (stat(path.c_str(), &facts) != 0) return Unreadable(path);
  if (!S_ISREG(facts.st_mode) || facts.st_size == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": expected a regular file that is not empty, got ",
        S_ISREG(facts.st_mode) ? "an empty one" : "something else"));
  }
  return FileFacts{
      static_cast<uint64_t>(facts.st_size),
      absl::StrCat(facts.st_mtim.tv_sec, ".", facts.st_mtim.tv_nsec)};
}

std::string NameIn(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}

absl::Status Describe(const ImportFiles& files, v1::ImportTable* table) {
  const auto vectors = FactsOf(files.path);
  if (!vectors.ok()) return vectors.status();
  table->set_file_name(NameIn(files.path));
  table->set_file_bytes(vectors->bytes);
  table->set_stamp(vectors->stamp);
  if (files.ids_path.empty()) return absl::OkStatus();
  const auto ids = FactsOf(files.ids_path);
  if (!ids.ok()) return ids.status();
  table->set_ids_file_name(NameIn(files.ids_path));
  table->set_ids_bytes(ids->bytes);
  table->set_stamp(absl::StrCat(vectors->stamp, " ", ids->stamp));
  return absl::OkStatus();
}

// ABORTED unless the files are as they were described.
absl::Status CheckUnchanged(const ImportFiles& files,
                            const v1::ImportTable& before) {
  v1::ImportTable now;
  absl::Status status = Describe(files, &now);
  if (!status.ok()) return status;
  if (now.stamp() == before.stamp() &&
      now.file_bytes() == before.file_bytes() &&
      now.ids_bytes() == before.ids_bytes()) {
    return absl::OkStatus();
  }
  return absl::AbortedError(absl::StrCat(
      files.path, ": has changed while it was sent; import it again"));
}

// One call, from `begin` to the version or to what came between.
class Attempt {
 public:
  Attempt(std::unique_ptr<ImportCall> call, const v1::ImportBegin& begin,
          const std::map<std::string, ImportFiles>& files,
          const ImportOptions& options)
      : call_(std::move(call)),
        begin_(begin),
        files_(files),
        options_(options) {}

  // A failure of this side is told apart by local_failure().
  absl::StatusOr<v1::ImportDone> Run() {
    v1::ImportVersionRequest request;
    *request.mutable_begin() = begin_;
    call_->Write(request);  // if that fails reading does too
    std::thread reader([this] { ReadAll(); });
    if (WaitForOffsets()) {
      const absl::Status sent = SendAll();
      if (!sent.ok()) {
        local_failure_ = true;
        call_->Cancel();
        reader.join();
        call_->Finish().IgnoreError();
        return sent;
      }
    }
    reader.join();
    absl::Status status = call_->Finish();
    if (!status.ok()) return status;
    if (!done_) {
      return absl::InternalError("the server ended the import without a word");
    }
    return *done_;
  }

  bool local_failure() const { return local_failure_; }
  // Whether the server has said anything; what it has said it has; whether it
  // was building. After Run.
  bool answered() const { return answered_; }
  uint64_t bytes_kept() const { return bytes_kept_; }
  bool built() const { return built_; }

 private:
  void ReadAll() {
    v1::ImportVersionResponse response;
    while (call_->Read(&response)) Take(response);
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    wake_.notify_all();
  }

  void Take(const v1::ImportVersionResponse& response) {
    answered_ = true;
    ImportState state;
    if (response.has_offsets()) {
      bytes_kept_ = 0;
      for (const v1::ImportOffset& offset : response.offsets().offsets()) {
        bytes_kept_ += offset.file_bytes() + offset.ids_bytes();
      }
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!offsets_) offsets_ = response.offsets();
      wake_.notify_all();
    } else if (response.has_progress()) {
      built_ = true;
      state.build = &response.progress();
    } else if (response.has_done()) {
      done_ = response.done();
    }
    if (!options_.progress || response.has_done()) return;
    state.bytes_kept = bytes_kept_;
    for (const v1::ImportTable& table : begin_.tables()) {
      state.bytes += table.file_bytes() + table.ids_bytes();
    }
    options_.progress(state);
  }

  // False: the call has ended before.
  bool WaitForOffsets() {
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait(lock, [this] { return offsets_ || ended_; });
    return offsets_.has_value();
  }

  // OK also when the call ends meanwhile: then reading says why.
  absl::Status SendAll() {
    for (const v1::ImportTable& table : begin_.tables()) {
      const ImportFiles& files = files_.at(table.name());
      uint64_t vectors = 0;
      uint64_t ids = 0;
      for (const v1::ImportOffset& offset : offsets_->offsets()) {
        if (offset.table() != table.name()) continue;
        vectors = offset.file_bytes();
        ids = offset.ids_bytes();
      }
      absl::Status status = CheckUnchanged(files, table);
      if (status.ok()) {
        status = Send(table.name(), /*ids=*/false, files.path, vectors,
                      table.file_bytes());
      }
      if (status.ok() && table.ids_bytes() > 0) {
        status = Send(table.name(), /*ids=*/true, files.ids_path, ids,
                      table.ids_bytes());
      }
      if (status.ok()) status = CheckUnchanged(files, table);
      if (!status.ok()) return status;
      if (broken_) return absl::OkStatus();
    }
    v1::ImportVersionRequest request;
    request.mutable_finish();
    call_->Write(request);
    return absl::OkStatus();
  }

  absl::Status Send(const std::string& table, bool ids, const std::string& path,
                    uint64_t offset, uint64_t bytes) {
    if (offset >= bytes || broken_) return absl::OkStatus();
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return Unreadable(path);
    absl::Status status;
    v1::ImportVersionRequest request;
    v1::ImportChunk& chunk = *request.mutable_chunk();
    chunk.set_table(table);
    chunk.set_ids(ids);
    while (offset < bytes) {
      std::string& data = *chunk.mutable_data();
      data.resize(std::min<uint64_t>(options_.chunk_bytes, bytes - offset));
      const ssize_t got =
          pread(file, data.data(), data.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) status = Unreadable(path);
      if (got == 0) {
        status = absl::AbortedError(
            absl::StrCat(path, ": has become shorter while it was sent"));
      }
      if (!status.ok()) break;
      data.resize(static_cast<size_t>(got));
      chunk.set_offset(offset);
      if (!call_->Write(request)) {
        broken_ = true;
        break;
      }
      offset += static_cast<uint64_t>(got);
    }
    close(file);
    return status;
  }

  const std::unique_ptr<ImportCall> call_;
  const v1::ImportBegin& begin_;
  const std::map<std::string, ImportFiles>& files_;
  const ImportOptions& options_;
  // Of who writes.
  bool broken_ = false;
  bool local_failure_ = false;
  // Of who reads, until it has ended.
  bool answered_ = false;
  uint64_t bytes_kept_ = 0;
  bool built_ = false;
  std::optional<v1::ImportDone> done_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<v1::ImportOffsets> offsets_;  // the first; set once
  bool ended_ = false;
};

absl::Status CheckFiles(const v1::ImportBegin& begin,
                        const std::map<std::string, ImportFiles>& files) {
  for (const v1::ImportTable& table : begin.tables()) {
    if (files.count(table.name()) > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("no file is named for table ", table.name()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status DescribeFiles(const std::map<std::string, ImportFiles>& files,
                           v1::ImportBegin* begin) {
  absl::Status status = CheckFiles(*begin, files);
  for (v1::ImportTable& table : *begin->mutable_tables()) {
    if (!status.ok()) break;
    status = Describe(files.at(table.name()), &table);
  }
  return status;
}

std::string ImportIdOf(const v1::ImportBegin& begin) {
  v1::ImportBegin named = begin;
  named.clear_import_id();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    named.SerializeToCodedStream(&coded);
  }
  // FNV-1a: the same on every machine and in every run.
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  }
  return absl::StrFormat("auto-%016x", hash);
}

absl::StatusOr<v1::ImportDone> ImportVersion(
    const Client& client, const v1::ImportBegin& begin,
    const std::map<std::string, ImportFiles>& files,
    const ImportOptions& options) {
  return ImportVersion([&client] { return client.StartImport(kLongestPause); },
                       begin, files, options);
}

absl::StatusOr<v1::ImportDone> ImportVersion(
    const std::function<std::unique_ptr<ImportCall>()>& start,
    const v1::ImportBegin& begin,
    const std::map<std::string, ImportFiles>& files,
    const ImportOptions& options) {
  absl::Status status = CheckFiles(begin, files);
  if (!status.ok()) return status;
  uint64_t kept = 0;
  absl::Duration pause = options.first_pause;
  bool was_lost = false;
  bool was_built = false;
  for (int attempts = options.attempts;;) {
    Attempt attempt(start(), begin, files, options);
    const auto done = attempt.Run();
    // After a loss another server of the repository may still have the call
    // that is gone, and refuse this one. One that was answered before it ended
    // like that has lost the import to another caller: two that took it back
    // from each other would never end.
    const bool refused = absl::IsAborted(done.status()) && !attempt.answered();
    const bool lost =
        !attempt.local_failure() &&
        (absl::IsUnavailable(done.status()) || (was_lost && refused));
    if (!lost) return done;
    was_lost = true;
    // A build that ends with the server each time is not begun for ever.
    if (attempt.bytes_kept() > kept ||
        (attempt.built() && !std::exchange(was_built, true))) {
      attempts = options.attempts;
      pause = options.first_pause;
    }
    kept = std::max(kept, attempt.bytes_kept());
    if (--attempts <= 0) {
      return absl::Status(
          done.status().code(),
          absl::StrCat("the connection was lost: ", done.status().message(),
                       "; the server keeps what it has for a day, and the "
                       "same import goes on with it"));
    }
    absl::SleepFor(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace akin::client
