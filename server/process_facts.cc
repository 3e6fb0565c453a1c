#include "server/process_facts.h"

#include <sys/resource.h>

#include <cstdint>

#include "index/base/available_memory.h"
#include "index/base/process_memory.h"
#include "index/base/processors.h"

namespace akin::server {
namespace {

v1::ServerProcess Read() {
  v1::ServerProcess facts;
  const ProcessMemory memory = ReadProcessMemory();
  facts.set_resident_bytes(memory.resident_bytes);
  facts.set_swapped_bytes(memory.swapped_bytes);
  facts.set_available_bytes(AvailableMemory().value_or(0));
  rlimit files = {};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    facts.set_open_files_limit(files.rlim_cur);
  }
  facts.set_processors(static_cast<uint32_t>(Processors()));
  return facts;
}

}  // namespace

v1::ServerProcess ProcessFacts::Get() const {
  const Clock::time_point now = now_();
  MutexLock lock(&mutex_);
  if (!read_.has_value() || now - *read_ >= kMostAge) {
    facts_ = Read();
    read_ = now;
  }
  return facts_;
}

}  // namespace akin::server
