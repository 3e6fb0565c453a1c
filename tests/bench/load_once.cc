#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "index/base/status_macros.h"
#include "index/formats/open_source.h"
#include "index/version/read_table.h"
#include "tests/bench/load.h"
#include "tests/bench/machine.h"
#include "tests/bench/stopwatch.h"

namespace akin::bench {

absl::Status LoadOnce(const std::string& path) {
  const uint64_t rss_before = MemoryOfThisProcess("VmRSS");
  const Stopwatch watch;
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<VectorSource> source,
                        OpenVectorSource({path, ""}));
  LoadReport report;
  AKIN_ASSIGN_OR_RETURN(
      const Table table,
      ReadTable("words", path, source.get(), ReadOptions(), nullptr, &report));
  const double seconds = watch.seconds();
  const double cpu_seconds = watch.cpu_seconds();
  const nlohmann::ordered_json run = {
      {"format", report.format},
      {"rows", table.rows()},
      {"dimension", table.dimension()},
      {"seconds", seconds},
      {"cpu_seconds", cpu_seconds},
      {"rss_before_bytes", rss_before},
      {"peak_bytes", MemoryOfThisProcess("VmHWM")}};
  std::puts(run.dump().c_str());
  return absl::OkStatus();
}

}  // namespace akin::bench
