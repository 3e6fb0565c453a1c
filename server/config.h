// The settings of a server (config.proto): read, set, checked, printed.
//
// What a setting is called, means and may be stands in config.proto alone.

#ifndef AKIN_SERVER_CONFIG_H_
#define AKIN_SERVER_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/config.pb.h"

namespace akin::server {

// One setting as a flag: "drain_seconds" is --drain-seconds.
struct SettingInfo {
  std::string name;
  std::string flag;
  std::string help;        // with its range and default
  bool repeated = false;   // may be given several times
  bool is_switch = false;  // true or false; the flag alone means true
};
std::vector<SettingInfo> Settings();

// A file of settings in protobuf's text format. INVALID_ARGUMENT names the file
// and the line; NOT_FOUND: it cannot be read.
absl::StatusOr<Config> ReadConfig(const std::string& path);
absl::StatusOr<Config> ParseConfig(const std::string& text,
                                   const std::string& file_name);

// Sets the setting `name` to what `value` says; a repeated one gets one more.
// INVALID_ARGUMENT: no such value can be meant.
absl::Status Set(absl::string_view name, const std::string& value,
                 Config* config);

// Forgets what was set: the default holds again.
void Clear(absl::string_view name, Config* config);

// INVALID_ARGUMENT names the first setting that is out of its range, what was
// expected and what came.
absl::Status Validate(const Config& config);

// Every setting with its value, default or not, and what it means, as
// ReadConfig reads it.
std::string PrintConfig(const Config& config);

}  // namespace akin::server

#endif  // AKIN_SERVER_CONFIG_H_
