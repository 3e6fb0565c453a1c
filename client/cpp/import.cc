#include "client/cpp/import.h"

#include <fcntl.h>
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
#include "absl/time/clock.h"

namespace akin::client {
namespace {

constexpr absl::Duration kLongestPause = absl::Seconds(15);

absl::Status Unreadable(const std::string& path) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": cannot be read: ", std::strerror(errno)));
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
  // Whether the server has said anything; what it has said it has, in bytes and
  // in rows; whether it was building. After Run.
  bool answered() const { return answered_; }
  uint64_t kept() const { return bytes_kept_ + rows_kept_; }
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
      bytes_kept_ = rows_kept_ = 0;
      for (const v1::ImportOffset& offset : response.offsets().offsets()) {
        bytes_kept_ += offset.file_bytes() + offset.ids_bytes() +
                       offset.attributes_bytes();
        rows_kept_ += offset.rows();
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
    state.rows_kept = rows_kept_;
    for (const v1::ImportTable& table : begin_.tables()) {
      state.bytes +=
          table.file_bytes() + table.ids_bytes() + table.attributes_bytes();
      state.rows += table.rows().rows();
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
      v1::ImportOffset from;
      for (const v1::ImportOffset& offset : offsets_->offsets()) {
        if (offset.table() == table.name()) from = offset;
      }
      const absl::Status status = files.rows != nullptr
                                      ? SendRows(table, files, from.rows())
                                      : SendFiles(table, files, from);
      if (!status.ok()) return status;
      if (broken_) return absl::OkStatus();
    }
    v1::ImportVersionRequest request;
    request.mutable_finish();
    call_->Write(request);
    return absl::OkStatus();
  }

  absl::Status SendFiles(const v1::ImportTable& table, const ImportFiles& files,
                         const v1::ImportOffset& from) {
    absl::Status status = CheckUnchanged(files, table);
    if (status.ok()) {
      status = Send(table.name(), v1::IMPORT_FILE_VECTORS, files.path,
                    from.file_bytes(), table.file_bytes());
    }
    if (status.ok()) {
      status = Send(table.name(), v1::IMPORT_FILE_IDS, files.ids_path,
                    from.ids_bytes(), table.ids_bytes());
    }
    if (status.ok()) {
      status =
          Send(table.name(), v1::IMPORT_FILE_ATTRIBUTES, files.attributes_path,
               from.attributes_bytes(), table.attributes_bytes());
    }
    return status.ok() ? CheckUnchanged(files, table) : status;
  }

  absl::Status SendRows(const v1::ImportTable& table, const ImportFiles& files,
                        uint64_t offset) {
    while (!broken_ &&
           (table.rows().rows() == 0 || offset < table.rows().rows())) {
      v1::ImportVersionRequest request;
      v1::ImportRows& rows = *request.mutable_rows();
      absl::Status status = files.rows(offset, &rows);
      if (!status.ok()) return status;
      if (rows.ids().empty()) break;
      rows.set_table(table.name());
      rows.set_offset(offset);
      broken_ = !call_->Write(request);
      offset += static_cast<uint64_t>(rows.ids_size());
    }
    return absl::OkStatus();
  }

  // Nothing, if the server has all of it.
  absl::Status Send(const std::string& table, v1::ImportFile which,
                    const std::string& path, uint64_t offset, uint64_t bytes) {
    if (offset >= bytes || broken_) return absl::OkStatus();
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return Unreadable(path);
    absl::Status status;
    v1::ImportVersionRequest request;
    v1::ImportChunk& chunk = *request.mutable_chunk();
    chunk.set_table(table);
    chunk.set_file(which);
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
  uint64_t rows_kept_ = 0;
  bool built_ = false;
  std::optional<v1::ImportDone> done_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<v1::ImportOffsets> offsets_;  // the first; set once
  bool ended_ = false;
};

}  // namespace

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
  absl::Status status = CheckFiles(files, begin);
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
    if (attempt.kept() > kept ||
        (attempt.built() && !std::exchange(was_built, true))) {
      attempts = options.attempts;
      pause = options.first_pause;
    }
    kept = std::max(kept, attempt.kept());
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
