#include "server/metrics/collect.h"

#include <prometheus/text_serializer.h>

#include "server/describe_model.h"

namespace akin::server {

Families Collect(const ServerState& state, size_t connections) {
  Families families;
  CollectServer(state, connections, &families);
  CollectCalls(state.stats, &families);
  const std::vector<ModelFacts> models = DescribeModels(state);
  CollectVersions(models, &families);
  std::vector<ShadowedModel> shadows;
  shadows.reserve(models.size());
  for (const ModelFacts& model : models) {
    shadows.push_back({model.name, state.shadow.Of(model.name)});
  }
  CollectShadows(shadows, &families);
  CollectRecall(state.recall.Report(), &families);
  CollectProcess("/proc", &families);
  return families;
}

std::string MetricsText(const Families& families) {
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace akin::server
