#include "client/cli/doctor/server_facts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/time/clock.h"

namespace akin::client {
namespace {

constexpr absl::Duration kBetween = absl::Seconds(1);

bool IsLoading(const v1::Model& model) {
  return std::any_of(model.versions().begin(), model.versions().end(),
                     [](const v1::ModelVersion& version) {
                       return version.state() == v1::VERSION_STATE_LOADING;
                     });
}

absl::StatusOr<std::vector<v1::Model>> Models(const Client& client) {
  const auto response = client.ListModels({});
  if (!response.ok()) return response.status();
  return std::vector<v1::Model>(response->models().begin(),
                                response->models().end());
}

bool IsApproximate(const v1::ModelVersion& version) {
  return std::any_of(version.tables().begin(), version.tables().end(),
                     [](const v1::Table& table) {
                       return table.index() != v1::INDEX_KIND_EXACT;
                     });
}

// Those that queries go to.
std::vector<int64_t> VersionsToAskFor(const v1::Model& model) {
  std::vector<int64_t> named;
  std::vector<int64_t> newest;
  for (const v1::ModelVersion& version : model.versions()) {
    if (version.state() != v1::VERSION_STATE_AVAILABLE ||
        !IsApproximate(version)) {
      continue;
    }
    if (!version.labels().empty()) named.push_back(version.version());
    if (newest.empty()) newest.push_back(version.version());
  }
  return named.empty() ? newest : named;
}

std::vector<RecallAnswer> AskForRecall(const Client& client,
                                       const std::vector<v1::Model>& models) {
  std::vector<RecallAnswer> answers;
  for (const v1::Model& model : models) {
    for (const int64_t version : VersionsToAskFor(model)) {
      v1::GetRecallRequest request;
      request.set_model(model.name());
      request.set_version(version);
      answers.push_back({model.name(), version, client.GetRecall(request)});
      // A server that does not know the rpc will not learn it.
      if (absl::IsUnimplemented(answers.back().answer.status())) return answers;
    }
  }
  return answers;
}

}  // namespace

absl::StatusOr<ServerFacts> AskServer(const Client& client,
                                      const std::string& client_version) {
  ServerFacts facts;
  facts.client_version = client_version;
  facts.asked = absl::Now();
  auto info = client.GetServerInfo({});
  facts.answered = absl::Now();
  if (!info.ok()) return info.status();
  facts.info = *std::move(info);
  facts.healthy = client.IsServing();
  auto models = Models(client);
  if (!models.ok()) return models.status();
  facts.models = *std::move(models);
  facts.recall = AskForRecall(client, facts.models);
  if (std::none_of(facts.models.begin(), facts.models.end(), &IsLoading)) {
    return facts;
  }
  absl::SleepFor(kBetween);
  models = Models(client);
  if (!models.ok()) return models.status();
  facts.models_before = std::exchange(facts.models, *std::move(models));
  facts.between = kBetween;
  return facts;
}

bool IsOnThisMachine(absl::string_view server) {
  if (absl::StartsWith(server, "unix:")) return true;
  const absl::string_view host = server.substr(0, server.rfind(':'));
  return host == "localhost" || host == "[::1]" ||
         absl::StartsWith(host, "127.");
}

}  // namespace akin::client
