#include "tests/e2e/fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

std::string LineBehind(const std::string& text, const std::string& mark) {
  const size_t begin = text.find(mark) + mark.size();
  return text.substr(begin, text.find_first_of("\n,", begin) - begin);
}

// What a suite of ServedTest has, one suite after the other.
struct Served {
  TempDir dir;
  std::unique_ptr<TestServer> server;
  std::string address;
  std::unique_ptr<client::Client> client;
};

std::unique_ptr<Served>& OfSuite() {
  static auto* const served = new std::unique_ptr<Served>;
  if (*served == nullptr) *served = std::make_unique<Served>();
  return *served;
}

}  // namespace

TestServer::TestServer(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  process_ = std::make_unique<ChildProcess>(AKIN_BIN_DIR "/akin-server",
                                            std::move(arguments));
}

std::string TestServer::WaitUntilServing() {
  const std::string mark = "akin-server: listening on ";
  if (!process_->WaitForOutput(mark) || !process_->WaitForOutput("\n")) {
    return "";
  }
  return LineBehind(process_->output(), mark);
}

std::string TestServer::WaitUntilBound() {
  const std::string mark = "bound to ";
  if (!process_->WaitForError(mark) || !process_->WaitForError(", loading")) {
    return "";
  }
  return LineBehind(process_->errors(), mark);
}

CliResult RunAkin(const std::vector<std::string>& arguments) {
  ChildProcess process(AKIN_BIN_DIR "/akin", arguments);
  const int exit_code = process.Wait();
  return {exit_code, process.output(), process.errors()};
}

void ServedTest::Serve(std::vector<std::string> arguments) {
  Served& served = *OfSuite();
  served.server = std::make_unique<TestServer>(std::move(arguments));
  served.address = served.server->WaitUntilServing();
  ASSERT_FALSE(served.address.empty()) << server().process().errors();
  auto client = client::Client::Connect(served.address);
  ASSERT_TRUE(client.ok()) << client.status();
  served.client = *std::move(client);
}

void ServedTest::TearDownTestSuite() { OfSuite().reset(); }

const TempDir& ServedTest::dir() { return OfSuite()->dir; }
TestServer& ServedTest::server() { return *OfSuite()->server; }
const std::string& ServedTest::address() { return OfSuite()->address; }
const client::Client& ServedTest::client() { return *OfSuite()->client; }

CliResult ServedTest::Akin(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--server", address()});
  return RunAkin(arguments);
}

std::vector<std::string> RoyalLoads(const TempDir& dir) {
  std::string words;
  for (const auto& [id, values] : RoyalRows()) {
    absl::StrAppend(&words, id);
    for (const float value : values) absl::StrAppend(&words, " ", value);
    absl::StrAppend(&words, "\n");
  }
  const std::string words_file = dir.Write("words.txt", words);
  const std::string people_file =
      dir.Write("people.txt", "elizabeth 4 0.5 4\nking 0 1 0\n");
  std::vector<std::string> arguments;
  for (const auto& [model, metric] : {std::pair{"royal", "cosine"},
                                      {"royal-dot", "dot"},
                                      {"royal-l2", "l2"}}) {
    for (const auto& [table, file] :
         {std::pair{"words", words_file}, {"people", people_file}}) {
      arguments.insert(arguments.end(),
                       {"--load", absl::StrCat(model, "/", table, "=", file,
                                               ",metric=", metric)});
    }
  }
  return arguments;
}

}  // namespace akin
