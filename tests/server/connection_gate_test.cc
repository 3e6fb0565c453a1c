#include "server/connection_gate.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "index/base/mutex.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

int ConnectTo(const std::string& address) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(
      std::atoi(address.substr(address.rfind(':') + 1).c_str())));
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&to), sizeof(to)),
            0);
  return descriptor;
}

// Whether the other side hangs up rather than waits.
bool IsClosed(int descriptor) {
  char byte;
  return recv(descriptor, &byte, 1, 0) <= 0;
}

// Holds what was accepted.
class Accepted {
 public:
  ~Accepted() {
    for (const int descriptor : descriptors_) close(descriptor);
  }
  void Add(int descriptor) {
    MutexLock lock(&mutex_);
    descriptors_.push_back(descriptor);
  }
  // Writes to the first until no more is taken.
  size_t FillFirst() {
    MutexLock lock(&mutex_);
    const std::vector<char> bytes(1 << 16);
    size_t written = 0;
    for (;;) {
      const ssize_t taken =
          send(descriptors_.front(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (taken < 0) return written;
      written += static_cast<size_t>(taken);
    }
  }
  // As gRPC ends a connection.
  void EndOne() {
    MutexLock lock(&mutex_);
    shutdown(descriptors_.front(), SHUT_RDWR);
    close(descriptors_.front());
    descriptors_.erase(descriptors_.begin());
  }

 private:
  Mutex mutex_;
  std::vector<int> descriptors_;
};

void WaitFor(const ConnectionGate& gate, size_t connections) {
  while (gate.connections() != connections) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST(ConnectionGate, HoldsNoMoreConnectionsThanItMay) {
  Accepted accepted;
  auto gate = ConnectionGate::Listen("127.0.0.1:0", 2);
  ASSERT_THAT(gate, IsOk());
  EXPECT_THAT((*gate)->address(), HasSubstr("127.0.0.1:"));
  (*gate)->Open([&](int descriptor) { accepted.Add(descriptor); });
  const int first = ConnectTo((*gate)->address());
  const int second = ConnectTo((*gate)->address());
  WaitFor(**gate, 2);
  const int third = ConnectTo((*gate)->address());
  EXPECT_TRUE(IsClosed(third));
  close(third);
  // Room again when the server's side has ended one, as it does when it sees
  // that the other side has.
  shutdown(first, SHUT_WR);
  EXPECT_EQ((*gate)->connections(), 2u);
  accepted.EndOne();
  WaitFor(**gate, 1);
  close(first);
  const int fourth = ConnectTo((*gate)->address());
  WaitFor(**gate, 2);
  accepted.EndOne();
  WaitFor(**gate, 1);
  close(second);
  close(fourth);
}

TEST(ConnectionGate, KnowsWhatTheOtherSideHasNotTaken) {
  Accepted accepted;
  auto gate = ConnectionGate::Listen("127.0.0.1:0", 2);
  ASSERT_THAT(gate, IsOk());
  (*gate)->Open([&](int descriptor) { accepted.Add(descriptor); });
  const int slow = ConnectTo((*gate)->address());
  WaitFor(**gate, 1);
  const int idle = ConnectTo((*gate)->address());
  WaitFor(**gate, 2);
  const size_t written = accepted.FillFirst();
  (*gate)->Close();
  EXPECT_FALSE((*gate)->Delivered());
  std::vector<char> taken(written);
  EXPECT_EQ(recv(slow, taken.data(), written, MSG_WAITALL),
            static_cast<ssize_t>(written));
  while (!(*gate)->Delivered()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  close(slow);
  close(idle);
}

TEST(ConnectionGate, ATakenPortIsRefused) {
  const auto first = ConnectionGate::Listen("127.0.0.1:0", 1);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(ConnectionGate::Listen((*first)->address(), 1),
              IsStatus(StatusCode::kUnavailable,
                       HasSubstr("cannot listen on " + (*first)->address())));
  EXPECT_THAT(ConnectionGate::Listen("192.0.2.1:1", 1),
              IsStatus(StatusCode::kUnavailable));
  EXPECT_THAT(ConnectionGate::Listen("no host of this name:1", 1),
              IsStatus(StatusCode::kUnavailable));
}

TEST(ConnectionGate, ListensOnAPath) {
  const TempDir dir;
  const std::string path = dir.Path("akin.sock");
  const std::string address = "unix:" + path;
  {
    const auto gate = ConnectionGate::Listen(address, 1);
    ASSERT_THAT(gate, IsOk());
    EXPECT_EQ((*gate)->address(), address);
    EXPECT_THAT(ConnectionGate::Listen(address, 1),
                IsStatus(StatusCode::kUnavailable));
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0);
  // A socket that a killed server left is taken over; a file is not.
  const int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un to = {};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path.data(), path.size());
  ASSERT_EQ(bind(left, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
  close(left);
  EXPECT_THAT(ConnectionGate::Listen(address, 1), IsOk());
  dir.Write("file", "precious");
  EXPECT_THAT(ConnectionGate::Listen("unix:" + dir.Path("file"), 1),
              IsStatus(StatusCode::kUnavailable));
  EXPECT_EQ(access(dir.Path("file").c_str(), F_OK), 0);
  EXPECT_THAT(ConnectionGate::Listen("unix:/" + std::string(200, 'x'), 1),
              IsStatus(StatusCode::kUnavailable, HasSubstr("too long")));
}

}  // namespace
}  // namespace akin::server
