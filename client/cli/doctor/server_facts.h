// What a running server says about itself.
#ifndef AKIN_CLIENT_CLI_DOCTOR_SERVER_FACTS_H_
#define AKIN_CLIENT_CLI_DOCTOR_SERVER_FACTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "akin/v1/catalog_service.pb.h"
#include "client/cpp/client.h"

namespace akin::client {

// What GetRecall said of one version, or why it did not.
struct RecallAnswer {
  std::string model;
  int64_t version = 0;
  absl::StatusOr<v1::GetRecallResponse> answer =
      absl::UnknownError("was not asked");
};

struct ServerFacts {
  std::string client_version;  // of this akin
  // This machine's clock before and after GetServerInfo.
  absl::Time asked;
  absl::Time answered;
  v1::GetServerInfoResponse info;
  // What grpc.health.v1.Health says.
  absl::StatusOr<bool> healthy = absl::UnknownError("was not asked");
  std::vector<v1::Model> models;
  // The same a while before, if something was being loaded then.
  std::vector<v1::Model> models_before;
  absl::Duration between;
  // Of the available versions with an approximate index that a label names, or
  // of the newest where none is named.
  std::vector<RecallAnswer> recall;
};

// Asks the server; for a second longer if something is being loaded. Fails as
// the calls do that it cannot do without.
absl::StatusOr<ServerFacts> AskServer(const Client& client,
                                      const std::string& client_version);

// Whether `server`, as --server has it, is on this machine: a loopback address
// or a socket.
bool IsOnThisMachine(absl::string_view server);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_SERVER_FACTS_H_
