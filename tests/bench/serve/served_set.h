// A set of vectors behind a server and, loaded in the same way, in this
// process.

#ifndef AKIN_TESTS_BENCH_SERVE_SERVED_SET_H_
#define AKIN_TESTS_BENCH_SERVE_SERVED_SET_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "akin/v1/search_service.pb.h"
#include "index/base/worker_pool.h"
#include "index/version/version.h"
#include "tests/bench/engine/vector_set.h"
#include "tests/bench/scratch_file.h"
#include "tests/bench/serve/watched_server.h"

namespace akin::bench {

class ServedSet {
 public:
  // Loads the set `name`, with a graph, into a server and into this process.
  static absl::StatusOr<ServedSet> Make(const std::string& name,
                                        WorkerPool* pool);

  const VectorSet& set() const { return set_; }
  const WatchedServer& server() const { return *server_; }
  // One more server of the same, with these arguments more.
  absl::StatusOr<WatchedServer> Serve(std::vector<std::string> arguments) const;

  // Requests for 10 neighbours, as many as the set has queries.
  std::vector<v1::SearchRequest> ByVector() const;
  std::vector<v1::SearchRequest> ById() const;
  // In batches of `size`: as one block of floats with flat results, or with a
  // message a query.
  std::vector<v1::BatchSearchRequest> Batches(size_t size, bool flat) const;

  // Searches the queries one after the other in this thread for `seconds`;
  // returns the processor time of one, in microseconds.
  double EngineMicroseconds(double seconds) const;
  // The engine's own count for one query, and the server's for its first.
  double EngineDistances() const;

 private:
  ServedSet(VectorSet set, ScratchFile file)
      : set_(std::move(set)), file_(std::move(file)) {}

  VectorSet set_;
  ScratchFile file_;  // as a server loads it
  std::shared_ptr<const Version> version_;
  std::unique_ptr<WatchedServer> server_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_SERVE_SERVED_SET_H_
