// Which table of which version a command asks about.
#ifndef AKIN_CLIENT_CLI_TARGET_H_
#define AKIN_CLIENT_CLI_TARGET_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace CLI {
class App;
}

namespace akin::client {

// As typed.
struct TargetFlags {
  std::string table;  // MODEL/TABLE
  std::optional<int64_t> version;
  std::optional<std::string> label;
  std::optional<std::string> routing_key;
};

struct Target {
  std::string model;
  std::string table;
  // Neither: the server's choice. Never both.
  std::optional<int64_t> version;
  std::optional<std::string> label;
  // Who asks: decides between stable and canary where neither is there.
  std::optional<std::string> routing_key;
};

// Registers MODEL/TABLE, --version, --label and --routing-key. `flags` has to
// outlive `app`.
void AddTargetFlags(CLI::App& app, TargetFlags* flags);

// A usage error if the table is not MODEL/TABLE, or two versions are asked for.
absl::StatusOr<Target> ReadTarget(const TargetFlags& flags);

// `target` in exactly this version, whatever becomes of the labels meanwhile.
Target InVersion(Target target, int64_t version);

// Fills what every request about a table has in common.
template <typename Request>
void SetTarget(const Target& target, Request* request) {
  request->set_model(target.model);
  request->set_table(target.table);
  if (target.version) request->set_version(*target.version);
  if (target.label) request->set_label(*target.label);
  if (target.routing_key) request->set_routing_key(*target.routing_key);
}

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_TARGET_H_
