#include "server/log/stderr_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

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

}  // namespace

Log::Sink StderrSink() {
  // Not in spdlog's registry: nothing of the process changes it.
  auto logger = std::make_shared<spdlog::logger>(
      "akin-server", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  logger->set_pattern("%v");
  return [logger](LogLevel level, const std::string& line) {
    logger->log(LevelOf(level),
                spdlog::string_view_t(line.data(), line.size()));
  };
}

}  // namespace akin::server
