#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/metrics/collect.h"

namespace akin::server {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

double TicksPerSecond() { return static_cast<double>(sysconf(_SC_CLK_TCK)); }

// Fields of /proc/self/stat, as proc(5) numbers them.
class Stat {
 public:
  static constexpr size_t kUserTicks = 14;
  static constexpr size_t kSystemTicks = 15;
  static constexpr size_t kStartTicks = 22;
  static constexpr size_t kVirtualBytes = 23;
  static constexpr size_t kResidentPages = 24;

  // The second field, the program's name in parentheses, may hold anything.
  explicit Stat(const std::string& text) {
    const size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) return;
    fields_ = absl::StrSplit(absl::string_view(text).substr(name_end + 1),
                             absl::ByAnyChar(" \n"), absl::SkipEmpty());
  }

  std::optional<double> Field(size_t number) const {
    constexpr size_t kFirst = 3;  // behind the name
    double value = 0;
    if (number - kFirst >= fields_.size() ||
        !absl::SimpleAtod(fields_[number - kFirst], &value)) {
      return std::nullopt;
    }
    return value;
  }

 private:
  std::vector<std::string> fields_;
};

// When the machine was started, since the Unix epoch.
std::optional<double> BootSeconds(const std::string& proc) {
  const std::string text = ReadAll(absl::StrCat(proc, "/stat"));
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    double seconds = 0;
    if (absl::ConsumePrefix(&line, "btime ") &&
        absl::SimpleAtod(line, &seconds)) {
      return seconds;
    }
  }
  return std::nullopt;
}

std::optional<double> OpenDescriptors(const std::string& proc) {
  DIR* folder = opendir(absl::StrCat(proc, "/self/fd").c_str());
  if (folder == nullptr) return std::nullopt;
  double open = 0;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] != '.') ++open;
  }
  closedir(folder);
  return open;
}

std::optional<double> MostDescriptors() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

void Add(prometheus::MetricFamily family, std::optional<double> value,
         Families* families) {
  if (value.has_value()) AddValue(*value, {}, &family);
  families->push_back(std::move(family));
}

std::optional<double> Times(std::optional<double> value, double factor) {
  if (value.has_value()) *value *= factor;
  return value;
}

std::optional<double> Plus(std::optional<double> a, std::optional<double> b) {
  if (!a.has_value() || !b.has_value()) return std::nullopt;
  return *a + *b;
}

}  // namespace

void CollectProcess(const std::string& proc, Families* families) {
  const Stat stat(ReadAll(absl::StrCat(proc, "/self/stat")));
  const double second = 1 / TicksPerSecond();
  Add(CounterFamily("process_cpu_seconds_total",
                    "CPU time that the process has used, of user and system"),
      Times(Plus(stat.Field(Stat::kUserTicks), stat.Field(Stat::kSystemTicks)),
            second),
      families);
  Add(GaugeFamily("process_resident_memory_bytes",
                  "Memory of the process that is in RAM"),
      Times(stat.Field(Stat::kResidentPages),
            static_cast<double>(sysconf(_SC_PAGESIZE))),
      families);
  Add(GaugeFamily("process_virtual_memory_bytes",
                  "Addresses that the process has taken"),
      stat.Field(Stat::kVirtualBytes), families);
  Add(GaugeFamily("process_open_fds", "File descriptors that are open"),
      OpenDescriptors(proc), families);
  Add(GaugeFamily("process_max_fds", "File descriptors that may be open"),
      MostDescriptors(), families);
  Add(GaugeFamily("process_start_time_seconds",
                  "When the process was started, since the Unix epoch"),
      Plus(BootSeconds(proc), Times(stat.Field(Stat::kStartTicks), second)),
      families);
}

}  // namespace akin::server
