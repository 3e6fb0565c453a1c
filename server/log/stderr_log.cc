#include "server/log/stderr_log.h"

#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/time/clock.h"
#include "server/log/log_line.h"

namespace akin::server {
namespace {

spdlog::level::level_enum LevelOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

// A pipe that can be written to has room for more than a line.
bool HasRoom() {
  pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  return poll(&out, 1, 0) != 0;
}

std::string Lost(uint64_t lines, bool json) {
  const LogField fields[] = {{"lines", lines}};
  const LogLine line = {.time = absl::Now(),
                        .level = LogLevel::kError,
                        .message = "lines were lost: nobody read stderr",
                        .fields = fields};
  return json ? FormatJson(line) : FormatReadable(line);
}

}  // namespace

Log::Sink StderrSink(bool json) {
  // Not in spdlog's registry: nothing of the process changes it.
  auto logger = std::make_shared<spdlog::logger>(
      "akin-server", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  logger->set_pattern("%v");
  auto dropped = std::make_shared<std::atomic<uint64_t>>(0);
  return [logger, dropped, json](LogLevel level, const std::string& line) {
    if (!HasRoom()) {
      dropped->fetch_add(1, std::memory_order_relaxed);
      return;
    }
    if (const uint64_t lost = dropped->exchange(0); lost > 0) {
      logger->log(spdlog::level::err, Lost(lost, json));
    }
    logger->log(LevelOf(level),
                spdlog::string_view_t(line.data(), line.size()));
  };
}

}  // namespace akin::server
