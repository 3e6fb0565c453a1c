#include "client/cli/doctor/server_checks.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

constexpr int64_t kLongLoadSeconds = 600;

uint64_t MemoryOf(const v1::ModelVersion& version) {
  uint64_t bytes = 0;
  for (const v1::Table& table : version.tables()) bytes += table.memory_bytes();
  return bytes;
}

// What the next version of a model will take, as far as the last ones say.
uint64_t LargestVersion(const v1::Model& model) {
  uint64_t most = 0;
  for (const v1::ModelVersion& version : model.versions()) {
    most = std::max(most, MemoryOf(version));
  }
  return most;
}

}  // namespace

void CheckState(const ServerFacts& server, Findings* findings) {
  constexpr char kCheck[] = "state";
  const int64_t up = server.info.uptime_seconds();
  const std::string text =
      absl::StrCat(WordFor(server.info.state()), ", up for ",
                   absl::FormatDuration(absl::Seconds(up)));
  if (!server.healthy.ok()) {
    Warn("health",
         absl::StrCat("grpc.health.v1.Health does not answer: ",
                      server.healthy.status().message()),
         "load balancers and probes that ask it take the server for dead",
         findings);
  }
  switch (server.info.state()) {
    case v1::SERVER_STATE_SERVING:
      if (server.healthy.ok() && !*server.healthy) {
        return Fail("health", "serving, but health says NOT_SERVING",
                    "no load balancer sends it calls: read its log, and "
                    "restart it",
                    findings);
      }
      return Ok(kCheck, text, findings);
    case v1::SERVER_STATE_LOADING:
      if (up < kLongLoadSeconds) {
        return Warn(kCheck, text, "wait until everything is loaded", findings);
      }
      return Warn(kCheck, text,
                  "its log says what it reads: seal versions with akin-build, "
                  "so that a start only reads and does not build",
                  findings);
    case v1::SERVER_STATE_DRAINING:
      return Warn(kCheck, text, "it is stopping: ask another", findings);
    default:
      return Warn(kCheck, text, "use an akin of the server's version",
                  findings);
  }
}

void CheckRelease(const ServerFacts& server, Findings* findings) {
  constexpr char kCheck[] = "release";
  if (server.info.version() == server.client_version) {
    return Ok(kCheck, server.client_version, findings);
  }
  Warn(kCheck,
       absl::StrCat("the server is akin ", server.info.version(),
                    ", this is akin ", server.client_version),
       "use the same on both sides: the older one does not know all that the "
       "newer one says",
       findings);
}

void CheckClock(const ServerFacts& server, Findings* findings) {
  constexpr char kCheck[] = "clock";
  constexpr absl::Duration kMuch = absl::Seconds(1);
  constexpr absl::Duration kTooMuch = absl::Minutes(1);
  if (server.info.time_unix_micros() == 0) return;
  const absl::Time there = absl::FromUnixMicros(server.info.time_unix_micros());
  // It read its clock at some moment between the two.
  absl::Duration off = absl::ZeroDuration();
  if (there < server.asked) off = there - server.asked;
  if (there > server.answered) off = there - server.answered;
  const std::string text = absl::StrCat(
      "the server's is ",
      absl::FormatDuration(
          absl::Trunc(absl::AbsDuration(off), absl::Milliseconds(1))),
      off < absl::ZeroDuration() ? " behind" : " ahead of", " this machine's");
  const char* hint =
      "synchronise both (chronyc tracking, timedatectl): log lines cannot be "
      "put in order, and certificates are valid too early or too late";
  if (absl::AbsDuration(off) > kTooMuch) {
    return Fail(kCheck, text, hint, findings);
  }
  if (absl::AbsDuration(off) > kMuch) return Warn(kCheck, text, hint, findings);
  Ok(kCheck, "agrees with this machine's", findings);
}

void CheckOpenFiles(const ServerFacts& server, Findings* findings) {
  constexpr char kCheck[] = "open files";
  // A connection takes two; tables, libraries and the like take the others.
  constexpr uint64_t kPerConnection = 2;
  constexpr uint64_t kOthers = 256;
  const uint64_t limit = server.info.process().open_files_limit();
  const uint64_t connections = server.info.limits().max_connections();
  if (limit == 0) return;
  const uint64_t wanted = kPerConnection * connections + kOthers;
  const std::string text = absl::StrCat("the limit is ", WithSeparators(limit),
                                        ", ", Plural(connections, "connection"),
                                        " may take ", WithSeparators(wanted));
  if (limit >= wanted) return Ok(kCheck, text, findings);
  Warn(kCheck, text,
       absl::StrCat("LimitNOFILE=", wanted, " in the unit (ulimit -Hn ", wanted,
                    " in a shell), or --max-connections ",
                    limit > kOthers ? (limit - kOthers) / kPerConnection : 1),
       findings);
}

void CheckThreads(const ServerFacts& server, Findings* findings) {
  constexpr char kCheck[] = "threads";
  const uint32_t threads = server.info.threads();
  const uint32_t processors = server.info.process().processors();
  if (processors == 0) return;
  const std::string text =
      absl::StrCat(Plural(threads, "thread"), " to search, ",
                   Plural(processors, "processor"), " for them");
  if (threads > processors) {
    return Warn(kCheck, text,
                absl::StrCat("--threads ", processors,
                             ", or none: more wait for each other, or are held "
                             "back by the control group's quota"),
                findings);
  }
  Ok(kCheck, text, findings);
}

void CheckMemory(const ServerFacts& server, Findings* findings) {
  constexpr char kCheck[] = "memory";
  constexpr double kLittle = 0.10;
  constexpr double kTooLittle = 0.03;
  const v1::ServerProcess& process = server.info.process();
  const uint64_t available = process.available_bytes();
  if (available == 0 || process.resident_bytes() == 0) return;
  const std::string text =
      absl::StrCat("the server has ", MebiBytes(process.resident_bytes()),
                   " and can have ", MebiBytes(available), " more");
  const double left = static_cast<double>(available) /
                      static_cast<double>(available + process.resident_bytes());
  const char* hint =
      "unload versions (akin unload), keep fewer (--keep-versions), use "
      "profile=compact or --file-access map, or give it more memory";
  if (left < kTooLittle) return Fail(kCheck, text, hint, findings);
  if (left < kLittle) return Warn(kCheck, text, hint, findings);
  if (process.has_repository() && !process.maps_files()) {
    for (const v1::Model& model : server.models) {
      const uint64_t next = LargestVersion(model);
      if (next <= available) continue;
      return Warn(
          kCheck,
          absl::StrCat(text, "; a version of ", model.name(), " takes ",
                       MebiBytes(next)),
          absl::StrCat("the next version of ", model.name(),
                       " will be refused while this one serves: ", hint),
          findings);
    }
  }
  Ok(kCheck, text, findings);
}

void CheckSwap(const ServerFacts& server, Findings* findings) {
  constexpr char kCheck[] = "swap";
  constexpr uint64_t kNoise = 16u << 20;
  const v1::ServerProcess& process = server.info.process();
  if (process.resident_bytes() == 0) return;
  if (process.swapped_bytes() <= kNoise) {
    return Ok(kCheck, "the server's memory is not swapped out", findings);
  }
  Warn(kCheck,
       absl::StrCat(MebiBytes(process.swapped_bytes()),
                    " of the server's memory are swapped out"),
       "swapoff -a, MemorySwapMax=0 in the unit, or more memory: a search that "
       "reads them waits for the disk",
       findings);
}

void CheckServer(const ServerFacts& server, Findings* findings) {
  CheckState(server, findings);
  CheckRelease(server, findings);
  CheckClock(server, findings);
  CheckOpenFiles(server, findings);
  CheckThreads(server, findings);
  CheckMemory(server, findings);
  CheckSwap(server, findings);
}

}  // namespace akin::client
