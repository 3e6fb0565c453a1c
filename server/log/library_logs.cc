#include "server/log/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <string>

#include "index/base/mutex.h"

namespace akin::server {
namespace {

// Libraries log from threads that outlive the log.
struct Target {
  Mutex mutex;
  Log* log ABSL_GUARDED_BY(mutex) = nullptr;
};

Target& TheTarget() {
  static auto* target = new Target;
  return *target;
}

void SetTarget(Log* log) {
  Target& target = TheTarget();
  MutexLock lock(&target.mutex);
  target.log = log;
}

// The sentence is the same for all, so that they are limited together.
void Say(bool is_error, absl::string_view library, absl::string_view text) {
  Target& target = TheTarget();
  MutexLock lock(&target.mutex);
  if (target.log == nullptr) return;
  const LogField fields[] = {{"library", library}, {"text", text}};
  target.log->Write(is_error ? LogLevel::kWarning : LogLevel::kDebug,
                    "a library says", fields);
}

void OnGrpc(gpr_log_func_args* said) {
  Say(said->severity == GPR_LOG_SEVERITY_ERROR, "grpc", said->message);
}

void OnProtobuf(google::protobuf::LogLevel level, const char* /*file*/,
                int /*line*/, const std::string& message) {
  Say(level >= google::protobuf::LOGLEVEL_ERROR, "protobuf", message);
}

}  // namespace

LibraryLogs::LibraryLogs(Log* log) {
  SetTarget(log);
  gpr_set_log_function(&OnGrpc);
  google::protobuf::SetLogHandler(&OnProtobuf);
}

LibraryLogs::~LibraryLogs() { SetTarget(nullptr); }

}  // namespace akin::server
