#include "client/cpp/credentials.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cpp/call_status.h"

namespace akin::client {
namespace {

constexpr size_t kMostTokenBytes = 4096;

// gRPC takes anything for PEM and fails later, without a word of what.
absl::Status ReadPem(absl::string_view what, const std::string& path,
                     std::string* pem) {
  if (path.empty()) return absl::OkStatus();
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  pem->assign(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad() || pem->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": ", what, " cannot be read: ",
        errno == 0 ? "there is nothing in it" : std::strerror(errno)));
  }
  if (!absl::StrContains(*pem, "-----BEGIN ")) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": ", what, " is expected in PEM (-----BEGIN ...), got none"));
  }
  return absl::OkStatus();
}

// As the text says it, without asking DNS.
bool IsThisMachine(absl::string_view target) {
  if (absl::StartsWith(target, "unix:") ||
      absl::StartsWith(target, "unix-abstract:")) {
    return true;
  }
  for (const absl::string_view scheme : {"dns:", "ipv4:", "ipv6:"}) {
    if (absl::ConsumePrefix(&target, scheme)) break;
  }
  absl::ConsumePrefix(&target, "///");
  absl::string_view host = target.substr(0, target.rfind(':'));
  if (absl::EqualsIgnoreCase(host, "localhost") || host == "[::1]") return true;
  // 127.0.0.1, and not 127.0.0.1.example.org.
  return absl::StartsWith(host, "127.") && absl::c_all_of(host, [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
                  c == '.';
         });
}

// "... UNKNOWN: ipv4:...: Failed to connect to remote host: Connection
// refused": only the end is for people.
absl::string_view LastOf(absl::string_view reason) {
  const size_t last = reason.rfind(": ");
  return reason.substr(last == absl::string_view::npos ? 0 : last + 2);
}

// What became of a TLS handshake, in words; empty: nothing that is known.
std::string HandshakeReason(absl::string_view reason) {
  const std::string lower = absl::AsciiStrToLower(reason);
  const auto has = [&](absl::string_view part) {
    return absl::StrContains(lower, part);
  };
  if (has("certificate verify failed") || has("certificate_verify_failed")) {
    return "its certificate was not issued by an authority that is trusted "
           "here, or is not valid now";
  }
  if (has("peer name") || has("hostname verification")) {
    return "its certificate is for another name";
  }
  if (has("wrong version number") || has("wrong_version_number")) {
    return "it does not speak TLS";
  }
  if (has("certificate required") || has("certificate_required")) {
    return "it wants a certificate of the client";
  }
  if (has("handshake") || has("ssl")) return std::string(LastOf(reason));
  return "";
}

}  // namespace

absl::StatusOr<TlsMaterial> ReadTlsMaterial(const Credentials& credentials) {
  TlsMaterial read;
  if (credentials.certificate_file.empty() != credentials.key_file.empty()) {
    return absl::InvalidArgumentError(
        "a certificate of the client and its key go together, got one of them");
  }
  absl::Status status =
      ReadPem("the authorities' certificate", credentials.ca_file, &read.ca);
  if (status.ok()) {
    status = ReadPem("the client's certificate", credentials.certificate_file,
                     &read.certificate);
  }
  if (status.ok()) {
    status = ReadPem("the client's key", credentials.key_file, &read.key);
  }
  if (!status.ok()) return status;
  return read;
}

absl::Status CheckToken(const Credentials& credentials,
                        absl::string_view target) {
  const std::string& token = credentials.token;
  if (token.empty()) return absl::OkStatus();
  // What else is there gRPC could not send.
  const bool legal =
      token.size() <= kMostTokenBytes && absl::c_all_of(token, [](char c) {
        return absl::ascii_isgraph(static_cast<unsigned char>(c));
      });
  if (!legal) {
    return absl::InvalidArgumentError(
        "the token is not one: expected one word of ASCII, of at most 4096 "
        "bytes");
  }
  if (credentials.tls || credentials.token_without_tls ||
      IsThisMachine(target)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the token is not sent to ", target,
                   " in the clear, where others could read it: expected TLS"));
}

absl::Status ConnectFailure(absl::string_view target, absl::string_view reason,
                            const Credentials& credentials) {
  if (credentials.tls) {
    const std::string failed = HandshakeReason(reason);
    if (!failed.empty()) {
      return UnreachableError(
          absl::StrCat("no TLS connection to ", target, ": ", failed));
    }
  }
  const absl::string_view last = LastOf(reason);
  // What a server that speaks TLS does to who does not, and one that wants a
  // certificate of the client to who has none: both say nothing.
  const std::string lower = absl::AsciiStrToLower(reason);
  const bool cut = absl::StrContains(lower, "socket closed") ||
                   absl::StrContains(lower, "connection reset") ||
                   absl::StrContains(lower, "broken pipe");
  absl::string_view hint;
  if (cut && !credentials.tls) {
    hint = "; it closed the connection, as one does that expects TLS";
  } else if (cut && credentials.certificate_file.empty()) {
    hint =
        "; it closed the TLS connection, as one does that wants a certificate "
        "of the client";
  } else if (cut) {
    hint =
        "; it closed the TLS connection, as one does that does not trust "
        "the client's certificate";
  }
  return UnreachableError(absl::StrCat("no akin server at ", target,
                                       last.empty() ? "" : ": ", last, hint));
}

}  // namespace akin::client
