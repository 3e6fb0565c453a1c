// Clients that go on asking a server with TLS and tokens while what it was
// given changes, and count what they lose.

#ifndef AKIN_TESTS_BENCH_CHAOS_TLS_CALLERS_H_
#define AKIN_TESTS_BENCH_CHAOS_TLS_CALLERS_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "akin/v1/search_service.grpc.pb.h"

namespace akin::bench {

struct TlsTarget {
  std::string address;
  std::string authority;  // PEM
};

// A connection of its own; made by the first call.
class TlsConnection {
 public:
  explicit TlsConnection(const TlsTarget& target);

  v1::SearchService::Stub& stub() const { return *stub_; }

  // One search, which may take half a minute. `shown`, if not null, gets the
  // server's certificate (PEM) when it was answered.
  grpc::Status Ask(const v1::SearchRequest& request, const std::string& token,
                   std::string* shown = nullptr) const;

 private:
  std::unique_ptr<v1::SearchService::Stub> stub_;
};

void SendToken(const std::string& token, grpc::ClientContext* context);

// Threads that ask until they are stopped: on connections that stay, on some
// that are made anew when that is said, on one made for each call, and in one
// stream.
class TlsCallers {
 public:
  static constexpr size_t kStaying = 3;
  static constexpr size_t kReturning = 2;

  struct Counts {
    uint64_t calls = 0;        // and queries of the stream
    uint64_t failed = 0;       // of them
    uint64_t connections = 0;  // that were made
    // Connections that were not meant to be made anew and were: they show
    // another certificate than before. Also the stream, if it ended early.
    uint64_t dropped = 0;
    std::string first_failure;
  };

  // `most`: after so long the stream ends in any case.
  TlsCallers(TlsTarget target, std::vector<v1::SearchRequest> requests,
             std::string token, std::chrono::seconds most);
  ~TlsCallers();
  TlsCallers(const TlsCallers&) = delete;
  TlsCallers& operator=(const TlsCallers&) = delete;

  // Has those that return connect again.
  void Reconnect() { ++round_; }

  // Once.
  Counts Stop();

 private:
  void Stay(bool returns);
  void Come();
  void Stream();
  void Count(int code, const std::string& message);
  const v1::SearchRequest& Next();

  const TlsTarget target_;
  const std::vector<v1::SearchRequest> requests_;
  const std::string token_;
  const std::chrono::seconds most_;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> round_{0};
  std::atomic<size_t> asked_{0};
  std::atomic<uint64_t> connections_{0};
  std::atomic<uint64_t> dropped_{0};
  std::mutex mutex_;
  Counts counts_;  // under mutex_: calls and what failed
  std::vector<std::thread> threads_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_CHAOS_TLS_CALLERS_H_
