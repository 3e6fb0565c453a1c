#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "index/base/status_macros.h"
#include "tests/bench/chaos/chaos.h"
#include "tests/bench/chaos/tls_callers.h"
#include "tests/bench/server_child.h"
#include "tests/bench/versions/swap_requests.h"
#include "tests/support/test_certificates.h"
#include "tests/support/test_tokens.h"

namespace akin::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr Goal kNone = {0, 0, true};
// The server looks four times a second, and twice before it reads.
constexpr Goal kSoon = {1, 0.75, true};
constexpr char kKept[] = "token-that-stays-0123456789abcdef";
constexpr char kGuest[] = "token-that-comes-and-goes-0123456789";
constexpr size_t kSpoiltEvery = 5;  // rotations
constexpr size_t kSplitEvery = 4;   // rotations
// Between a certificate and its key: long enough for the server to meet a pair
// that is none, and what tools take.
constexpr std::chrono::milliseconds kSplit{700};
constexpr int kMostPause = 100;  // ms
constexpr size_t kAskedAgain = 20;
constexpr std::chrono::seconds kPatience{60};

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Whether `done` came true in time.
template <class Done>
bool WaitUntil(const Done& done) {
  const Clock::time_point begin = Clock::now();
  while (!done()) {
    if (Clock::now() - begin > kPatience) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

size_t CountOf(absl::string_view part, absl::string_view text) {
  size_t count = 0;
  for (size_t at = text.find(part); at != absl::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

// A way to spoil the files, and what the server says then.
enum class Spoil { kGarbageKey, kForeignCertificate, kEmpty, kExpired };
constexpr struct {
  Spoil how;
  const char* said;
} kSpoils[] = {
    {Spoil::kGarbageKey, "holds no private key"},
    {Spoil::kForeignCertificate, "is not the key of the certificate"},
    {Spoil::kEmpty, "holds no certificate"},
    {Spoil::kExpired, "the certificate expired at"},
};

// A server's files, replaced as tools do: by renaming whole ones.
class SecurityFiles {
 public:
  explicit SecurityFiles(std::string folder) : folder_(std::move(folder)) {}

  std::vector<std::string> Arguments(const std::string& runs) const {
    return {"--repository", runs,        "--tls-certificate", Path("cert"),
            "--tls-key",    Path("key"), "--tokens",          Path("tokens")};
  }
  void WriteCertificate(const std::string& pem) const { Write("cert", pem); }
  void WriteKey(const std::string& pem) const { Write("key", pem); }
  void WriteTokens(bool with_guest) const {
    const std::string kept = TokenLine("kept", "search", kKept);
    const std::string guest = TokenLine("guest", "search", kGuest);
    Write("tokens", with_guest ? kept + guest : kept);
  }

 private:
  std::string Path(const char* name) const {
    return absl::StrCat(folder_, "/", name);
  }
  void Write(const char* name, const std::string& text) const {
    const std::string next = Path(name) + ".next";
    std::ofstream(next, std::ios::binary) << text;
    fs::rename(next, Path(name));
  }

  const std::string folder_;
};

struct Outcomes {
  size_t rotated = 0;
  size_t shown = 0;  // of these, to a new connection
  size_t spoilt = 0;
  size_t spoilt_said = 0;
  size_t spoilt_kept = 0;  // a new connection was shown the one before
  size_t added = 0;        // tokens
  size_t admitted = 0;
  size_t removed = 0;
  size_t refused = 0;
  size_t asked_after = 0;  // calls with a token that had been refused
  size_t let_in_after = 0;
  double slowest_refusal = 0;  // s
};

// One server and its files, changed again and again.
class Rotation {
 public:
  Rotation(const SecurityFiles& files, const TestAuthority& authority,
           TlsTarget target, v1::SearchRequest request, ServerChild* server,
           uint64_t seed, std::string shown)
      : files_(files),
        authority_(authority),
        target_(std::move(target)),
        request_(std::move(request)),
        server_(*server),
        random_(seed),
        guest_(target_),
        shown_(std::move(shown)) {}

  // A new certificate and its key, one after the other, and other tokens.
  void Rotate(size_t number) {
    const TestCertificate next = authority_.Issue(absl::StrCat("s", number));
    const bool key_first = random_() % 2 == 0;
    if (key_first) files_.WriteKey(next.key);
    if (!key_first) files_.WriteCertificate(next.certificate);
    std::this_thread::sleep_for(
        number % kSplitEvery == 0
            ? kSplit
            : std::chrono::milliseconds(random_() % kMostPause));
    if (key_first) files_.WriteCertificate(next.certificate);
    if (!key_first) files_.WriteKey(next.key);
    files_.WriteTokens(!with_guest_);
    with_guest_ = !with_guest_;
    AwaitBoth(next.certificate);
    server_.ReadLog();
  }

  // Files that cannot be used.
  void SpoilFiles() {
    const auto& [how, said] = kSpoils[outcomes_.spoilt++ % std::size(kSpoils)];
    const size_t before = CountOf(said, server_.ReadLog());
    Write(how);
    outcomes_.spoilt_said +=
        WaitUntil([&] { return CountOf(said, server_.ReadLog()) > before; });
    outcomes_.spoilt_kept += Shown() == shown_;
  }

  const Outcomes& outcomes() const { return outcomes_; }

 private:
  // What a new connection is shown.
  std::string Shown() const {
    std::string shown;
    TlsConnection(target_).Ask(request_, kKept, &shown);
    return shown;
  }
  grpc::StatusCode AskAsGuest(const TlsConnection& connection) const {
    return connection.Ask(request_, kGuest).error_code();
  }

  void AwaitBoth(const std::string& certificate) {
    const Clock::time_point begin = Clock::now();
    const grpc::StatusCode wanted =
        with_guest_ ? grpc::StatusCode::OK : grpc::StatusCode::UNAUTHENTICATED;
    bool known = false;
    bool taken = false;
    WaitUntil([&] {
      if (!known && AskAsGuest(guest_) == wanted) {
        known = true;
        NoteToken(SecondsSince(begin));
      }
      taken = taken || Shown() == certificate;
      return known && taken;
    });
    ++outcomes_.rotated;
    ++(with_guest_ ? outcomes_.added : outcomes_.removed);
    if (taken) {
      ++outcomes_.shown;
      shown_ = certificate;
    }
  }

  void NoteToken(double seconds) {
    if (with_guest_) {
      ++outcomes_.admitted;
      return;
    }
    ++outcomes_.refused;
    outcomes_.slowest_refusal = std::max(outcomes_.slowest_refusal, seconds);
    const TlsConnection fresh(target_);
    for (size_t i = 0; i < kAskedAgain; ++i) {
      ++outcomes_.asked_after;
      outcomes_.let_in_after += AskAsGuest(i % 2 == 0 ? guest_ : fresh) !=
                                grpc::StatusCode::UNAUTHENTICATED;
    }
  }

  void Write(Spoil how) {
    switch (how) {
      case Spoil::kGarbageKey:
        return files_.WriteKey("no key at all\n");
      case Spoil::kForeignCertificate:
        return files_.WriteCertificate(authority_.Issue("else").certificate);
      case Spoil::kEmpty:
        return files_.WriteCertificate("");
      case Spoil::kExpired: {
        const TestCertificate old = authority_.Issue(
            "old", -2 * TestAuthority::kHour, -TestAuthority::kHour);
        files_.WriteCertificate(old.certificate);
        return files_.WriteKey(old.key);
      }
    }
  }

  const SecurityFiles& files_;
  const TestAuthority& authority_;
  const TlsTarget target_;
  const v1::SearchRequest request_;
  ServerChild& server_;
  std::mt19937_64 random_;
  const TlsConnection guest_;  // over all of it
  bool with_guest_ = false;
  std::string shown_;  // the last one that was
  Outcomes outcomes_;
};

void ReportRotations(const Outcomes& out, const TlsCallers::Counts& callers,
                     size_t split_seen, Figures* figures) {
  figures->Line(absl::StrFormat(
      "Certificates: %d pairs written, one file after the other (%d times the "
      "server met a pair that was none), %d shown to new connections; %d "
      "spoilt, %d said so, after %d the one before was shown.",
      out.rotated, split_seen, out.shown, out.spoilt, out.spoilt_said,
      out.spoilt_kept));
  figures->Line(absl::StrFormat(
      "Beside them %d calls on %d connections, one of them a stream, %d "
      "failed, %d connections lost.",
      callers.calls, callers.connections, callers.failed, callers.dropped));
  if (callers.failed > 0) {
    figures->Line("The first one that failed: " + callers.first_failure);
  }
  figures->Line(absl::StrFormat(
      "Tokens: %d added, %d let in; %d removed, %d refused (the slowest after "
      "%.2f s), then %d calls with them, %d let in.",
      out.added, out.admitted, out.removed, out.refused, out.slowest_refusal,
      out.asked_after, out.let_in_after));
  const auto add = [&](const char* what, uint64_t count) {
    figures->Add(what, "certificates", Exactly(static_cast<double>(count)),
                 kNone);
  };
  add("failed calls while certificates change", callers.failed);
  add("connections lost", callers.dropped);
  add("new certificates not shown", out.rotated - out.shown);
  add("spoilt ones not said", out.spoilt - out.spoilt_said);
  add("spoilt ones after which the old was not shown",
      out.spoilt - out.spoilt_kept);
  add("tokens added in vain", out.added - out.admitted);
  add("tokens removed in vain", out.removed - out.refused + out.let_in_after);
  figures->Add("s until a removed token is refused", "certificates",
               Exactly(out.slowest_refusal), kSoon);
}

}  // namespace

absl::Status RotateCertificates(const ChaosOptions& options,
                                const std::string& runs, Figures* figures) {
  AKIN_ASSIGN_OR_RETURN(const ScratchFolder scratch, ScratchFolder::Create());
  const TestAuthority authority("Chaos");
  const TestCertificate first = authority.Issue("s0");
  const SecurityFiles files(scratch.path());
  files.WriteCertificate(first.certificate);
  files.WriteKey(first.key);
  files.WriteTokens(/*with_guest=*/false);
  AKIN_ASSIGN_OR_RETURN(const auto server,
                        ServerChild::Start(files.Arguments(runs)));
  const TlsTarget target = {server->address(), authority.certificate()};
  const auto requests = SwapRequests(options.sizes);
  Rotation rotation(files, authority, target, requests[0], server.get(),
                    options.seed, first.certificate);
  TlsCallers callers(target, requests, kKept,
                     2 * kPatience * (options.rotations + 1));
  for (size_t i = 1; i <= options.rotations; ++i) {
    if (i % 2 == 0) callers.Reconnect();
    if (i % kSpoiltEvery == 0) {
      rotation.SpoilFiles();
    } else {
      rotation.Rotate(i);
    }
  }
  const TlsCallers::Counts counts = callers.Stop();
  const Outcomes& out = rotation.outcomes();
  const size_t stayed =
      CountOf("the certificates stay as they were", server->ReadLog());
  ReportRotations(out, counts, stayed - std::min(stayed, out.spoilt_said),
                  figures);
  return absl::OkStatus();
}

}  // namespace akin::bench
