// A repository of small sealed versions of model m, and servers that follow it.

#ifndef AKIN_TESTS_E2E_VERSIONS_FIXTURE_H_
#define AKIN_TESTS_E2E_VERSIONS_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cpp/client.h"
#include "index/version/repository.h"
#include "tests/e2e/child_process.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin {

class VersionsE2eTest : public testing::Test {
 protected:
  // A server and its client; the server ends with it.
  struct Served {
    std::unique_ptr<TestServer> server;
    std::string address;
    std::unique_ptr<client::Client> client;
  };

  // Seals version `version`: words r0, r1, ... with `suffix` behind each.
  void Build(int64_t version, const std::string& suffix, size_t rows = 40,
             uint32_t seed = 1, size_t dimension = 4) {
    std::string text;
    for (const auto& [id, values] : RandomRows(rows, dimension, seed)) {
      absl::StrAppend(&text, id, suffix);
      for (const float value : values) absl::StrAppend(&text, " ", value);
      absl::StrAppend(&text, "\n");
    }
    ChildProcess build(AKIN_BIN_DIR "/akin-build",
                       {"--repository", repository_, "--model", "m", "--index",
                        "exact", "--version", absl::StrCat(version), "--table",
                        absl::StrCat("words=", dir_.Write("words.txt", text))});
    ASSERT_EQ(build.Wait(), 0) << build.errors();
  }
  std::string Folder(int64_t version) const {
    return VersionFolder(repository_, "m", version);
  }

  std::vector<std::string> Arguments() const {
    return {"--repository", repository_, "--poll-seconds", "0.1"};
  }
  Served Serve(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = Arguments();
    arguments.insert(arguments.end(), more.begin(), more.end());
    Served served;
    served.server = std::make_unique<TestServer>(arguments);
    served.address = served.server->WaitUntilServing();
    EXPECT_FALSE(served.address.empty()) << served.server->process().errors();
    served.client = Connect(served.address);
    return served;
  }
  static std::unique_ptr<client::Client> Connect(const std::string& address) {
    client::ClientOptions options;
    options.connect_timeout = absl::Seconds(30);
    auto client = client::Client::Connect(address, options);
    EXPECT_THAT(client, IsOk());
    return client.ok() ? *std::move(client) : nullptr;
  }

  static v1::Model Model(const client::Client& client) {
    v1::GetModelRequest request;
    request.set_model("m");
    const auto response = client.GetModel(request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->model() : v1::Model();
  }
  static v1::ModelVersion VersionIn(const v1::Model& model, int64_t version) {
    for (const v1::ModelVersion& known : model.versions()) {
      if (known.version() == version) return known;
    }
    return {};
  }
  static v1::Label LabelIn(const v1::Model& model, const std::string& name) {
    for (const v1::Label& label : model.labels()) {
      if (label.name() == name) return label;
    }
    return {};
  }
  // Asks for the model until `holds` does; what was asked last.
  static v1::Model WaitFor(
      const client::Client& client,
      const std::function<bool(const v1::Model& model)>& holds) {
    const absl::Time end = absl::Now() + absl::Seconds(60);
    v1::Model model = Model(client);
    while (!holds(model) && absl::Now() < end) {
      absl::SleepFor(absl::Milliseconds(1));
      model = Model(client);
    }
    EXPECT_TRUE(holds(model)) << model.DebugString();
    return model;
  }
  static v1::Model WaitForState(const client::Client& client, int64_t version,
                                v1::VersionState state) {
    return WaitFor(client, [=](const v1::Model& model) {
      return VersionIn(model, version).state() == state;
    });
  }

  static absl::StatusOr<v1::LoadVersionResponse> Load(
      const client::Client& client, int64_t version) {
    v1::LoadVersionRequest request;
    request.set_model("m");
    request.set_version(version);
    return client.LoadVersion(request);
  }
  static absl::StatusOr<v1::UnloadVersionResponse> Unload(
      const client::Client& client, int64_t version) {
    v1::UnloadVersionRequest request;
    request.set_model("m");
    request.set_version(version);
    return client.UnloadVersion(request);
  }
  static v1::SetLabelRequest LabelRequest(const std::string& label,
                                          int64_t version) {
    v1::SetLabelRequest request;
    request.set_model("m");
    request.set_label(label);
    request.set_version(version);
    return request;
  }

  // The version that answers; its ids have to end with "-v" and its number.
  static absl::StatusOr<int64_t> Ask(const client::Client& client,
                                     const std::string& routing_key = "",
                                     int64_t version = 0) {
    v1::SearchRequest request;
    request.set_model("m");
    request.set_table("words");
    request.set_routing_key(routing_key);
    if (version > 0) request.set_version(version);
    request.mutable_options()->set_k(5);
    auto* values = request.mutable_query()->mutable_vector()->mutable_floats();
    for (const float value : {1.0f, 2.0f, -1.0f, 0.5f}) {
      values->add_values(value);
    }
    const auto response = client.Search(request);
    if (!response.ok()) return response.status();
    EXPECT_EQ(response->hits_size(), 5);
    for (const v1::Hit& hit : response->hits()) {
      EXPECT_TRUE(
          absl::EndsWith(hit.id(), absl::StrCat("-v", response->version())))
          << hit.id() << " of version " << response->version();
    }
    return response->version();
  }

  TempDir dir_;
  const std::string repository_ = dir_.Path("repo");
};

}  // namespace akin

#endif  // AKIN_TESTS_E2E_VERSIONS_FIXTURE_H_
