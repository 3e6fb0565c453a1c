// A real akin-server on a free port, its client, and the real CLI.

#ifndef AKIN_TESTS_E2E_FIXTURE_H_
#define AKIN_TESTS_E2E_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "client/cpp/client.h"
#include "tests/e2e/child_process.h"
#include "tests/support/temp_dir.h"

namespace akin {

// Starts akin-server with `arguments` and --listen 127.0.0.1:0.
class TestServer {
 public:
  explicit TestServer(std::vector<std::string> arguments);

  // Waits for its line on stdout and returns the address in it; "" if the
  // server ends first.
  std::string WaitUntilServing();
  // The address it is bound to while it still loads.
  std::string WaitUntilBound();

  ChildProcess& process() { return *process_; }

 private:
  std::unique_ptr<ChildProcess> process_;
};

struct CliResult {
  int exit_code;
  std::string output;
  std::string errors;
};
// Runs `akin` with `arguments`, as a person would.
CliResult RunAkin(const std::vector<std::string>& arguments);

// A suite of tests that ask one server. Its SetUpTestSuite fills dir() with
// what is served and calls Serve.
class ServedTest : public testing::Test {
 protected:
  // A failed expectation says why the server does not serve.
  static void Serve(std::vector<std::string> arguments);
  static void TearDownTestSuite();

  static const TempDir& dir();
  static TestServer& server();
  static const std::string& address();
  static const client::Client& client();

  // `akin` with `arguments`, asking this server.
  static CliResult Akin(std::vector<std::string> arguments);
};

// The royal words and people of tests/support/tiny_data.h as trained files, in
// all three metrics: models royal, royal-dot and royal-l2.
std::vector<std::string> RoyalLoads(const TempDir& dir);

}  // namespace akin

#endif  // AKIN_TESTS_E2E_FIXTURE_H_
