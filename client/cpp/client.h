// The C++ client of an akin server.
#ifndef AKIN_CLIENT_CPP_CLIENT_H_
#define AKIN_CLIENT_CPP_CLIENT_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/search_service.pb.h"
#include "client/cpp/credentials.h"

namespace akin::client {

class Cancellation;
class ImportCall;

struct ClientOptions {
  // How long Connect waits for a server.
  absl::Duration connect_timeout = absl::Seconds(2);
  // The gRPC deadline of each call, counted from its start.
  absl::Duration call_timeout = absl::InfiniteDuration();
  // A larger answer fails with RESOURCE_EXHAUSTED.
  size_t max_receive_bytes = size_t{64} << 20;
  // Ends the calls of all methods but Connect (cancellation.h). Null: nobody
  // does.
  std::shared_ptr<Cancellation> cancellation;
  // Of the connection: those given to Share are not looked at.
  Credentials credentials;
};

// One connection to one server. Each method but StartImport is one rpc, of
// akin.v1 but for IsServing: it blocks until the answer, a failure or the
// call's deadline, and never waits for a server that is away. The failures are
// those the .proto names above the rpc; what else stands behind one is read
// with call_status.h.
//
// Thread-safe. Calls from several threads share the connection.
class Client {
 public:
  // Connects to `target`, which is HOST:PORT or another gRPC target such as
  // unix:PATH, never through an HTTP proxy, and encrypted if the credentials
  // say so. UNAVAILABLE, for which IsUnreachable() holds, if nothing there
  // speaks gRPC in time, or no TLS handshake came about; INVALID_ARGUMENT: the
  // credentials cannot be used (credentials.h). A connection lost later is set
  // up again by the calls that need it.
  static absl::StatusOr<std::unique_ptr<Client>> Connect(
      const std::string& target, const ClientOptions& options = {});

  // Another client of this connection, with its own call_timeout and
  // cancellation. Either may live longer.
  std::unique_ptr<Client> Share(const ClientOptions& options) const;

  // False once the connection was lost, and until a call has set it up again.
  bool IsConnected() const;

  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  absl::StatusOr<v1::SearchResponse> Search(
      const v1::SearchRequest& request) const;
  absl::StatusOr<v1::BatchSearchResponse> BatchSearch(
      const v1::BatchSearchRequest& request) const;
  absl::StatusOr<v1::GetVectorsResponse> GetVectors(
      const v1::GetVectorsRequest& request) const;
  absl::StatusOr<v1::ScoreResponse> Score(
      const v1::ScoreRequest& request) const;
  absl::StatusOr<v1::ExplainResponse> Explain(
      const v1::ExplainRequest& request) const;
  absl::StatusOr<v1::ListIdsResponse> ListIds(
      const v1::ListIdsRequest& request) const;

  absl::StatusOr<v1::ListModelsResponse> ListModels(
      const v1::ListModelsRequest& request) const;
  absl::StatusOr<v1::GetModelResponse> GetModel(
      const v1::GetModelRequest& request) const;
  absl::StatusOr<v1::GetRecallResponse> GetRecall(
      const v1::GetRecallRequest& request) const;
  absl::StatusOr<v1::GetServerInfoResponse> GetServerInfo(
      const v1::GetServerInfoRequest& request) const;

  absl::StatusOr<v1::PlanLoadResponse> PlanLoad(
      const v1::PlanLoadRequest& request) const;
  absl::StatusOr<v1::LoadVersionResponse> LoadVersion(
      const v1::LoadVersionRequest& request) const;
  absl::StatusOr<v1::UnloadVersionResponse> UnloadVersion(
      const v1::UnloadVersionRequest& request) const;
  absl::StatusOr<v1::SetLabelResponse> SetLabel(
      const v1::SetLabelRequest& request) const;
  absl::StatusOr<v1::CompareVersionsResponse> CompareVersions(
      const v1::CompareVersionsRequest& request) const;

  // Whether the standard health service (grpc.health.v1.Health) says SERVING of
  // the server as a whole, as a load balancer would ask.
  absl::StatusOr<bool> IsServing() const;

  // One call of ImportVersion, for import.h. It has no deadline. `wait`: how
  // long a connection may take to come back.
  std::unique_ptr<ImportCall> StartImport(absl::Duration wait) const;

 private:
  class Connection;
  explicit Client(std::unique_ptr<Connection> connection);

  std::unique_ptr<Connection> connection_;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CPP_CLIENT_H_
