// What comes to a port in the open: the server lives, and those who behave do
// not notice.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "akin/v1/catalog_service.grpc.pb.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "tests/e2e/fixture.h"

namespace akin {
namespace {

using grpc::StatusCode;

// A TCP connection without any protocol.
class RawSocket {
 public:
  explicit RawSocket(const std::string& address)
      : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(
        std::atoi(address.substr(address.rfind(':') + 1).c_str())));
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    connected_ =
        connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
    const timeval patience = {.tv_sec = 10, .tv_usec = 0};
    for (const int way : {SO_RCVTIMEO, SO_SNDTIMEO}) {
      setsockopt(descriptor_, SOL_SOCKET, way, &patience, sizeof(patience));
    }
  }
  ~RawSocket() { close(descriptor_); }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  bool connected() const { return connected_; }
  void Send(const std::string& bytes) const {
    // The other side may hang up at any byte.
    send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  // Until the other side hangs up, or 10 s of silence.
  bool WaitUntilClosed() const {
    char bytes[4096];
    ssize_t count;
    while ((count = recv(descriptor_, bytes, sizeof(bytes), 0)) > 0) {
    }
    return count == 0 || errno == ECONNRESET;
  }
  // Reads frames of HTTP/2 until one of `type` comes; false if none does.
  bool WaitForFrame(uint8_t type) const {
    for (;;) {
      uint8_t head[9];
      if (!Receive(head, sizeof(head))) return false;
      std::string payload(size_t{head[0]} << 16 | head[1] << 8 | head[2], '\0');
      if (!Receive(payload.data(), payload.size())) return false;
      if (head[3] == type) return true;
    }
  }
  // Closes with a reset instead of a farewell.
  void Reset() const {
    const linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  }

 private:
  bool Receive(void* into, size_t size) const {
    return size == 0 || recv(descriptor_, into, size, MSG_WAITALL) ==
                            static_cast<ssize_t>(size);
  }

  const int descriptor_;
  bool connected_ = false;
};

// Frames of HTTP/2 (RFC 9113, section 4.1).
constexpr uint8_t kHeaders = 1;
constexpr uint8_t kResetStream = 3;
constexpr uint8_t kSettings = 4;
constexpr uint8_t kPing = 6;
constexpr uint8_t kEndHeaders = 4;
constexpr uint8_t kEndStream = 1;

std::string Frame(uint8_t type, uint8_t flags, uint32_t stream,
                  const std::string& payload) {
  const auto byte = [](size_t value) { return static_cast<char>(value); };
  const size_t size = payload.size();
  return std::string{byte(size >> 16),   byte(size >> 8),   byte(size),
                     byte(type),         byte(flags),       byte(stream >> 24),
                     byte(stream >> 16), byte(stream >> 8), byte(stream)} +
         payload;
}

std::string Preface() {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(kSettings, 0, 0, "");
}

// The headers of a call of Search, as literals (RFC 7541, section 6.2.2); below
// 128 bytes each.
std::string SearchHeaders() {
  const auto text = [](const std::string& value) {
    return static_cast<char>(value.size()) + value;
  };
  return "\x83\x86\x04" + text("/akin.v1.SearchService/Search") + "\x01" +
         text("akin") + "\x0f\x10" + text("application/grpc") +
         std::string(1, '\0') + text("te") + text("trailers");
}

class HostileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::string> arguments = RoyalLoads(dir_);
    arguments.insert(arguments.end(), more_.begin(), more_.end());
    server_ = std::make_unique<TestServer>(arguments);
    address_ = server_->WaitUntilServing();
    ASSERT_FALSE(address_.empty()) << server_->process().errors();
    // One who behaves, connected before.
    channel_ =
        grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
    stub_ = v1::SearchService::NewStub(channel_);
    ExpectServed();
  }
  void TearDown() override {
    ExpectServed();
    // And one who comes later.
    EXPECT_EQ(RunAkin({"--server", address_, "info"}).exit_code, 0);
  }
  void ExpectServed() {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(30));
    v1::SearchRequest request;
    request.set_model("royal");
    request.set_table("words");
    request.mutable_query()->mutable_id()->set_id("king");
    request.mutable_options()->set_k(1);
    v1::SearchResponse response;
    const grpc::Status status = stub_->Search(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  // Sends `message` as the bytes of a request, whatever they are.
  StatusCode Raw(const std::string& message) {
    grpc::GenericStub stub(channel_);
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(60));
    const grpc::Slice slice(message);
    const grpc::ByteBuffer bytes(&slice, 1);
    const auto call = stub.PrepareUnaryCall(
        &context, "/akin.v1.SearchService/Search", bytes, &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status.error_code();
  }

  TempDir dir_;
  std::vector<std::string> more_;
  std::unique_ptr<TestServer> server_;
  std::string address_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::SearchService::Stub> stub_;
};

TEST_F(HostileTest, GarbageIsHungUpOn) {
  std::mt19937 random(1);
  for (int i = 0; i < 50; ++i) {
    const RawSocket socket(address_);
    ASSERT_TRUE(socket.connected());
    std::string bytes(1 + random() % 5000, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    socket.Send(bytes);
    if (i % 2 == 0) {
      EXPECT_TRUE(socket.WaitUntilClosed());
    }
  }
}

TEST_F(HostileTest, OlderHttpIsHungUpOn) {
  for (const char* request :
       {"GET / HTTP/1.1\r\nHost: akin\r\n\r\n",
        "POST /akin.v1.SearchService/Search HTTP/1.1\r\nContent-Length: "
        "5\r\n\r\nhello",
        "GET /\r\n\r\n"}) {
    const RawSocket socket(address_);
    socket.Send(request);
    EXPECT_TRUE(socket.WaitUntilClosed()) << request;
  }
}

TEST_F(HostileTest, GarbageBehindAGoodBeginningIsHungUpOn) {
  std::mt19937 random(2);
  for (int i = 0; i < 50; ++i) {
    const RawSocket socket(address_);
    std::string bytes = Preface();
    for (size_t at = 0; at < 2000; ++at) {
      bytes.push_back(static_cast<char>(random()));
    }
    socket.Send(bytes);
    if (i % 2 == 0) socket.Reset();
  }
}

TEST_F(HostileTest, ConnectionsThatSayNothingDisturbNobody) {
  std::vector<std::unique_ptr<RawSocket>> sockets;
  for (int i = 0; i < 300; ++i) {
    sockets.push_back(std::make_unique<RawSocket>(address_));
    ASSERT_TRUE(sockets.back()->connected());
    if (i % 2 == 0) sockets.back()->Send("PRI * HT");
    if (i % 3 == 0) sockets.back()->Reset();
  }
  ExpectServed();
}

TEST_F(HostileTest, ResetsRightAfterConnectingDisturbNobody) {
  for (int i = 0; i < 300; ++i) {
    const RawSocket socket(address_);
    socket.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    socket.Reset();
  }
}

TEST_F(HostileTest, PingsWithoutAPauseAreHungUpOn) {
  const RawSocket socket(address_);
  socket.Send(Preface());
  for (int i = 0; i < 100; ++i) {
    socket.Send(Frame(kPing, 0, 0, "12345678"));
  }
  EXPECT_TRUE(socket.WaitUntilClosed());
}

// CVE-2023-44487: no more calls are open at a time than may be, and yet each
// has been begun.
TEST_F(HostileTest, CallsThatAreResetAtOnceDisturbNobody) {
  const std::string headers = SearchHeaders();
  {
    const RawSocket socket(address_);
    socket.Send(Preface() +
                Frame(kHeaders, kEndHeaders | kEndStream, 1, headers));
    ASSERT_TRUE(socket.WaitForFrame(kHeaders)) << "it is no call";
  }
  for (int i = 0; i < 5; ++i) {
    const RawSocket socket(address_);
    std::string bytes = Preface();
    for (uint32_t call = 0; call < 2000; ++call) {
      const uint32_t stream = 2 * call + 1;
      bytes += Frame(kHeaders, kEndHeaders, stream, headers) +
               Frame(kResetStream, 0, stream, std::string("\0\0\0\x08", 4));
    }
    socket.Send(bytes);
    ExpectServed();
  }
}

TEST_F(HostileTest, BytesThatAreNoMessageAreAnError) {
  std::mt19937 random(3);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(1 + random() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const StatusCode code = Raw(bytes);
    EXPECT_NE(code, StatusCode::OK);
    EXPECT_NE(code, StatusCode::UNAVAILABLE) << "the server is gone";
  }
  // Messages in messages in messages.
  std::string deep;
  for (int i = 0; i < 5000; ++i) {
    deep.insert(0, "\x2a\x01");
  }
  EXPECT_NE(Raw(deep), StatusCode::OK);
}

// protobuf has a line for each, which nobody reads here: a pipe holds some 300.
TEST_F(HostileTest, StringsThatAreNoUtf8FillNoLog) {
  for (int i = 0; i < 1000; ++i) {
    const StatusCode code = Raw("\x0a\x02\xff\xfe");  // the model's name
    ASSERT_NE(code, StatusCode::OK);
    ASSERT_NE(code, StatusCode::DEADLINE_EXCEEDED) << "after " << i;
  }
}

TEST_F(HostileTest, ALotOfMetadataIsRefused) {
  grpc::ClientContext context;
  context.AddMetadata("x-much", std::string(64 << 10, 'x'));
  v1::SearchResponse response;
  // On a connection of its own: that may be closed for it.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto stub = v1::SearchService::NewStub(grpc::CreateCustomChannel(
      address_, grpc::InsecureChannelCredentials(), arguments));
  const grpc::Status status = stub->Search(&context, {}, &response);
  EXPECT_FALSE(status.ok());
}

TEST_F(HostileTest, TracesAndIdsOfAnyBytesAreHarmless) {
  grpc::ClientContext context;
  context.AddMetadata("traceparent", std::string(5000, '='));
  v1::SearchRequest request;
  request.set_model(std::string(100'000, 'm'));
  v1::SearchResponse response;
  EXPECT_EQ(stub_->Search(&context, request, &response).error_code(),
            StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace akin
