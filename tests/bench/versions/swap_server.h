// An akin-server that follows a repository of swap_repository.h, and its
// client.

#ifndef AKIN_TESTS_BENCH_VERSIONS_SWAP_SERVER_H_
#define AKIN_TESTS_BENCH_VERSIONS_SWAP_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cpp/client.h"
#include "tests/bench/serve/watched_server.h"

namespace akin::bench {

class SwapServer {
 public:
  // Looks at `repository` ten times a second and keeps that many versions.
  static absl::StatusOr<SwapServer> Start(const std::string& repository,
                                          size_t keep_versions);

  const WatchedServer& process() const { return *process_; }
  const client::Client& client() const { return *client_; }

  // Asks GetModel a hundred times a second until `done` says so.
  // DEADLINE_EXCEEDED: it has not in a minute; `what` is for the message.
  absl::Status WaitUntil(
      const std::string& what,
      const std::function<bool(const v1::Model& model)>& done) const;

 private:
  SwapServer(WatchedServer process, std::unique_ptr<client::Client> client)
      : process_(std::make_unique<WatchedServer>(std::move(process))),
        client_(std::move(client)) {}

  std::unique_ptr<WatchedServer> process_;
  std::unique_ptr<client::Client> client_;
};

v1::VersionState StateOf(const v1::Model& model, int64_t version);

// `version` is loaded and no other one is, nor is being let go.
bool IsAlone(const v1::Model& model, int64_t version);

// Its tables, by the server's own account.
uint64_t OwnBytes(const v1::Model& model, int64_t version);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_SWAP_SERVER_H_
