// What Prometheus is told, read at the moment it asks from what the server
// counts anyway. Each metric has a line in server/README.md.
//
// Thread-safe.

#ifndef AKIN_SERVER_METRICS_COLLECT_H_
#define AKIN_SERVER_METRICS_COLLECT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "server/call_stats.h"
#include "server/metrics/families.h"
#include "server/model_facts.h"
#include "server/recall/recall_report.h"
#include "server/server_state.h"
#include "server/shadow.h"

namespace akin::server {

// All of them. `connections`: that are open.
Families Collect(const ServerState& state, size_t connections);

// As text, in Prometheus' format 0.0.4.
std::string MetricsText(const Families& families);

// The parts. Each appends its families, whether or not they have values yet.

// Calls by method and how they ended, what they took, what was refused.
void CollectCalls(const CallStats& stats, Families* families);

// Versions and their states, labels, tables.
void CollectVersions(const std::vector<ModelFacts>& models, Families* families);

struct ShadowedModel {
  std::string model;
  ShadowResult result;
};
void CollectShadows(const std::vector<ShadowedModel>& shadows,
                    Families* families);

// What the recall monitor knows, and what that took.
void CollectRecall(const RecallReport& report, Families* families);

// The server's build and state, its threads, connections, loads.
void CollectServer(const ServerState& state, size_t connections,
                   Families* families);

// The process, as every Prometheus client names it. `proc` is "/proc"; what
// cannot be read there has no value.
void CollectProcess(const std::string& proc, Families* families);

}  // namespace akin::server

#endif  // AKIN_SERVER_METRICS_COLLECT_H_
