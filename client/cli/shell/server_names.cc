#include "client/cli/shell/server_names.h"

#include <set>

#include "absl/strings/str_cat.h"

namespace akin::client {
namespace {

constexpr absl::Duration kPatience = absl::Milliseconds(300);

}  // namespace

std::shared_ptr<const Client> ServerNames::Connect() const {
  ClientOptions options;
  options.connect_timeout = kPatience;
  options.call_timeout = kPatience;
  options.credentials = credentials_;
  const auto client = connection_.Open(server_, options);
  return client.ok() ? *client : nullptr;
}

Names ServerNames::Models() const {
  const auto client = Connect();
  if (client == nullptr) return {};
  const auto response = client->ListModels({});
  Names names;
  if (!response.ok()) return names;
  for (const v1::Model& model : response->models()) {
    names.names.push_back(model.name());
  }
  return names;
}

Names ServerNames::Tables() const {
  const auto client = Connect();
  if (client == nullptr) return {};
  const auto response = client->ListModels({});
  if (!response.ok()) return {};
  std::set<std::string> tables;  // of any version
  for (const v1::Model& model : response->models()) {
    for (const v1::ModelVersion& version : model.versions()) {
      for (const v1::Table& table : version.tables()) {
        tables.insert(absl::StrCat(model.name(), "/", table.name()));
      }
    }
  }
  return {{tables.begin(), tables.end()}, false};
}

Names ServerNames::Ids(const std::string& target,
                       const std::string& prefix) const {
  const size_t slash = target.find('/');
  const auto client = Connect();
  if (client == nullptr || slash == target.npos) return {};
  v1::ListIdsRequest request;
  request.set_model(target.substr(0, slash));
  request.set_table(target.substr(slash + 1));
  request.set_prefix(prefix);
  request.set_page_size(kMostIds);
  const auto response = client->ListIds(request);
  if (!response.ok()) return {};
  return {{response->ids().begin(), response->ids().end()},
          !response->next_page_token().empty()};
}

}  // namespace akin::client
