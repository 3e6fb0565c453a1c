#include "server/describe_model.h"

#include <utility>

#include "index/base/status_macros.h"

namespace akin::server {
namespace {

// Of what is loaded once and for all.
ModelFacts FactsOf(PublishedModel published) {
  ModelFacts facts;
  facts.name = std::move(published.name);
  facts.labels = std::move(published.labels);
  for (auto& version : published.versions) {
    VersionFacts& added = facts.versions.emplace_back();
    added.number = version->number();
    added.state = VersionState::kAvailable;
    added.version = std::move(version);
  }
  return facts;
}

}  // namespace

std::vector<ModelFacts> DescribeModels(const ServerState& state) {
  if (state.keeper != nullptr) return state.keeper->Describe();
  std::vector<ModelFacts> models;
  for (PublishedModel& model : state.catalog.List()) {
    models.push_back(FactsOf(std::move(model)));
  }
  return models;
}

absl::StatusOr<ModelFacts> DescribeModel(const ServerState& state,
                                         const std::string& model) {
  if (state.keeper != nullptr) return state.keeper->Describe(model);
  AKIN_ASSIGN_OR_RETURN(PublishedModel published, state.catalog.Find(model));
  return FactsOf(std::move(published));
}

}  // namespace akin::server
