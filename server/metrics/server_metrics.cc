#include <string>
#include <utility>

#include "index/base/available_memory.h"
#include "index/kernels/distances.h"
#include "server/metrics/collect.h"
#include "server/revision.h"

namespace akin::server {
namespace {

constexpr std::pair<Phase, const char*> kPhases[] = {
    {Phase::kLoading, "loading"},
    {Phase::kServing, "serving"},
    {Phase::kDraining, "draining"}};

void CollectLoads(const LoadStats& loads, Families* families) {
  auto ended = CounterFamily(
      "akin_version_loads_total",
      "Loads of versions that have ended; one that fails may be tried again");
  AddValue(static_cast<double>(loads.ok), {{"result", "ok"}}, &ended);
  AddValue(static_cast<double>(loads.failed), {{"result", "failed"}}, &ended);
  families->push_back(std::move(ended));
  AddGauge("akin_version_last_load_success_timestamp_seconds",
           "When a version was last loaded, since the Unix epoch; 0: never",
           static_cast<double>(loads.last_ok_ns) * 1e-9, families);
}

}  // namespace

void CollectServer(const ServerState& state, size_t connections,
                   Families* families) {
  auto build =
      GaugeFamily("akin_build_info",
                  "1; which akin this is, the commit that it was built from, "
                  "and the SIMD instruction set that it uses here");
  AddValue(1,
           {{"version", AKIN_VERSION},
            {"revision", std::string(Revision())},
            {"cpu_target", ActiveKernels().target}},
           &build);
  families->push_back(std::move(build));
  auto phase =
      GaugeFamily("akin_server_state",
                  "1 for the state that the server is in, 0 for others");
  const Phase now = state.phase;
  for (const auto& [other, name] : kPhases) {
    AddValue(other == now ? 1 : 0, {{"state", name}}, &phase);
  }
  families->push_back(std::move(phase));
  AddGauge("akin_search_threads", "Threads that search",
           static_cast<double>(state.search_pool.threads()), families);
  AddGauge("akin_queue_calls", "Calls that wait for one of these threads",
           static_cast<double>(state.search_pool.waiting()), families);
  AddGauge("akin_connections", "Connections of gRPC clients that are open",
           static_cast<double>(connections), families);
  AddGauge("akin_connections_limit", "How many may be open (max_connections)",
           state.config.max_connections(), families);
  CollectLoads(state.loads, families);
  auto memory = GaugeFamily(
      "akin_memory_available_bytes",
      "What the process can still have: of its control group, or the machine");
  if (const auto available = AvailableMemory()) {
    AddValue(static_cast<double>(*available), {}, &memory);
  }
  families->push_back(std::move(memory));
}

}  // namespace akin::server
