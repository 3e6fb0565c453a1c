// The command line on a server that answers what a test says.

#ifndef AKIN_TESTS_CLIENT_VERSION_COMMANDS_FIXTURE_H_
#define AKIN_TESTS_CLIENT_VERSION_COMMANDS_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "client/cli/run_cli.h"
#include "tests/client/fake_server.h"

namespace akin::client {

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

inline Outcome Akin(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "akin");
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunCli(static_cast<int>(arguments.size()), arguments.data(),
                          {.out = out, .err = err});
  return {code, out.str(), err.str()};
}

inline v1::ModelVersion VersionOf(int64_t number, v1::VersionState state) {
  v1::ModelVersion version;
  version.set_version(number);
  version.set_state(state);
  return version;
}

class VersionCommandsTest : public ::testing::Test {
 protected:
  VersionCommandsTest() { setenv("AKIN_SERVER", server_.address().c_str(), 1); }
  ~VersionCommandsTest() override { unsetenv("AKIN_SERVER"); }

  // Versions 5 (sealed), 4, 3 (failed), 2 and 1, stable is 4.
  void HasVersions() {
    v1::Model* model = server_.model_response.mutable_model();
    model->set_name("movies");
    *model->add_versions() = VersionOf(5, v1::VERSION_STATE_SEALED);
    *model->add_versions() = VersionOf(4, v1::VERSION_STATE_AVAILABLE);
    *model->add_versions() = VersionOf(3, v1::VERSION_STATE_FAILED);
    *model->add_versions() = VersionOf(2, v1::VERSION_STATE_AVAILABLE);
    *model->add_versions() = VersionOf(1, v1::VERSION_STATE_AVAILABLE);
    v1::Label* stable = model->add_labels();
    stable->set_name("stable");
    stable->set_version(4);
  }

  FakeServer server_;
};

}  // namespace akin::client

#endif  // AKIN_TESTS_CLIENT_VERSION_COMMANDS_FIXTURE_H_
