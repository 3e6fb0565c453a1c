#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <random>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "tests/bench/chaos/chaos.h"
#include "tests/bench/chaos/served_run.h"
#include "tests/bench/versions/swap_requests.h"

namespace akin::bench {
namespace {

constexpr Goal kNone = {0, 0, true};
constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// A TCP connection that is closed, or reset, when the object goes.
class RawConnection {
 public:
  RawConnection(uint16_t port, bool reset)
      : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    connected_ =
        connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
    const linger now = {.l_onoff = 1, .l_linger = 0};
    if (reset) {
      setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    }
  }
  ~RawConnection() { close(descriptor_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  bool connected() const { return connected_; }
  void Send(const std::string& bytes) const {
    // The other side may hang up at any byte.
    send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

 private:
  const int descriptor_;
  bool connected_ = false;
};

std::string RandomBytes(size_t most, std::mt19937_64* random) {
  std::string bytes(1 + (*random)() % most, '\0');
  for (char& byte : bytes) byte = static_cast<char>((*random)());
  return bytes;
}

// One frame of HTTP/2 whose parts are anything.
std::string RandomFrame(std::mt19937_64* random) {
  const std::string payload = RandomBytes(200, random);
  std::string frame = {0, 0, static_cast<char>(payload.size()),
                       static_cast<char>((*random)() % 12),
                       static_cast<char>((*random)())};
  frame += std::string(3, '\0') + static_cast<char>((*random)() % 8);
  return frame + payload;
}

constexpr std::array<const char*, 6> kKinds = {
    "random bytes",        "HTTP/1.1", "a beginning of TLS",
    "a preface cut short", "frames",   "nothing"};

std::string GarbageOf(size_t kind, std::mt19937_64* random) {
  switch (kind) {
    case 0:
      return RandomBytes(5000, random);
    case 1:
      return "POST /akin.v1.SearchService/Search HTTP/1.1\r\nHost: x\r\n\r\n" +
             RandomBytes(100, random);
    case 2:
      return std::string("\x16\x03\x01\x02\x00\x01", 6) +
             RandomBytes(300, random);
    case 3:
      return std::string(kPreface).substr(0, (*random)() % sizeof(kPreface));
    case 4: {
      std::string bytes = kPreface + std::string("\0\0\0\4\0\0\0\0\0", 9);
      for (int i = 0; i < 20; ++i) bytes += RandomFrame(random);
      return bytes;
    }
    default:
      return "";
  }
}

}  // namespace

absl::Status SendGarbage(const ChaosOptions& options, const std::string& runs,
                         Figures* figures) {
  AKIN_ASSIGN_OR_RETURN(const auto server, ServeRuns(runs));
  const std::string& address = server->address();
  uint32_t port = 0;
  if (!absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port)) {
    return absl::InternalError(absl::StrCat("no port in ", address));
  }
  std::mt19937_64 random(options.seed);
  size_t made = 0;
  const auto requests = SwapRequests(options.sizes);
  AKIN_ASSIGN_OR_RETURN(
      const LoadResult beside, AskWhile(address, requests, [&] {
        for (size_t i = 0; i < options.connections; ++i) {
          const RawConnection connection(static_cast<uint16_t>(port),
                                         random() % 2 == 0);
          made += connection.connected();
          connection.Send(GarbageOf(i % kKinds.size(), &random));
        }
        return absl::OkStatus();
      }));
  AKIN_RETURN_IF_ERROR(CheckAnswers(address, options.sizes));
  figures->Line(absl::StrFormat(
      "Garbage: %d connections (random bytes, HTTP/1.1, a beginning of TLS, a "
      "preface cut short, random frames, nothing; half of them reset), %d "
      "made; beside them %d calls answered, %d refused, %d failed.",
      options.connections, made, beside.ok, beside.refused, beside.failed));
  figures->Add("failed calls beside garbage", "connections",
               Exactly(static_cast<double>(beside.failed + beside.refused)),
               kNone);
  return absl::OkStatus();
}

}  // namespace akin::bench
