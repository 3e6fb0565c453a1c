#include "tests/bench/server_child.h"

#include <csignal>

#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/bench/machine.h"

namespace akin::bench {
namespace {

constexpr char kListening[] = "akin-server: listening on ";
// A graph takes its time.
constexpr absl::Duration kLoading = absl::Minutes(30);
constexpr absl::Duration kStopping = absl::Seconds(15);

}  // namespace

absl::StatusOr<std::unique_ptr<ServerChild>> ServerChild::Start(
    std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  auto server = absl::WrapUnique(new ServerChild(arguments));
  ChildProcess& process = server->process_;
  if (!process.WaitForOutput(kListening, kLoading) ||
      !process.WaitForOutput("\n", kLoading)) {
    return absl::UnavailableError(
        absl::StrCat("akin-server did not come up: ",
                     absl::StripAsciiWhitespace(process.errors())));
  }
  const std::string& said = process.output();
  const size_t begin = said.find(kListening) + sizeof(kListening) - 1;
  server->address_ = said.substr(begin, said.find('\n', begin) - begin);
  return server;
}

ServerChild::ServerChild(const std::vector<std::string>& arguments)
    : process_(ProgramFolder() + "/akin-server", arguments) {}

const std::string& ServerChild::ReadLog() {
  process_.Wait(absl::ZeroDuration());
  return process_.errors();
}

ServerChild::~ServerChild() {
  // Without an address there may be no process to signal; the rest is
  // ~ChildProcess's work.
  if (address_.empty()) return;
  process_.Signal(SIGTERM);
  process_.Wait(kStopping);
}

}  // namespace akin::bench
