#include "client/cli/wait_for_version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/client/fake_server.h"

namespace akin::client {
namespace {

using ::testing::HasSubstr;

class WaitForVersionTest : public ::testing::Test {
 protected:
  WaitForVersionTest() : client_(*Client::Connect(server_.address())) {}

  // GetModel's next answer, of the states of versions 1, 2, ...
  v1::Model* Then(const std::vector<v1::VersionState>& states,
                  bool loads_latest = true) {
    v1::Model* model = server_.model_responses.emplace_back().mutable_model();
    model->set_loads_latest(loads_latest);
    for (size_t i = states.size(); i > 0; --i) {
      v1::ModelVersion* version = model->add_versions();
      version->set_version(static_cast<int64_t>(i));
      version->set_state(states[i - 1]);
    }
    return model;
  }
  absl::StatusOr<v1::ModelVersion> WaitFor(
      int64_t version, absl::Duration patience = absl::Seconds(60)) {
    return WaitUntilTaken(*client_, "m", version, patience,
                          {.out = out_, .err = out_});
  }

  static constexpr auto kSealed = v1::VERSION_STATE_SEALED;
  static constexpr auto kLoading = v1::VERSION_STATE_LOADING;
  static constexpr auto kAvailable = v1::VERSION_STATE_AVAILABLE;
  static constexpr auto kFailed = v1::VERSION_STATE_FAILED;

  FakeServer server_;
  std::unique_ptr<Client> client_;
  std::ostringstream out_;
};

TEST_F(WaitForVersionTest, UntilTheServerHasSeenAndLoadedIt) {
  Then({kAvailable});
  Then({kAvailable, kSealed});
  Then({kAvailable, kLoading});
  Then({kAvailable, kAvailable});
  const auto version = WaitFor(2);
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ(version->version(), 2);
  EXPECT_EQ(version->state(), kAvailable);
  EXPECT_TRUE(server_.model_responses.empty()) << "it asked four times";
  EXPECT_EQ(server_.model_request.model(), "m");
  EXPECT_EQ(out_.str(), "");
}

TEST_F(WaitForVersionTest, AFailureIsAnAnswer) {
  Then({kAvailable, kLoading});
  Then({kAvailable, kFailed})->mutable_versions(0)->set_failure("torn");
  const auto version = WaitFor(2);
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ(version->state(), kFailed);
  EXPECT_EQ(version->failure(), "torn");
}

TEST_F(WaitForVersionTest, NotForWhatIsNotLoadedByItself) {
  // Labels decide.
  Then({kAvailable, kSealed}, /*loads_latest=*/false);
  EXPECT_EQ(WaitFor(2)->state(), kSealed);
  Then({kAvailable}, /*loads_latest=*/false);
  EXPECT_EQ(WaitFor(2)->state(), kSealed) << "not even seen yet";
  // A later one is wanted in its place.
  Then({kSealed, kSealed, kAvailable});
  EXPECT_EQ(WaitFor(2)->state(), kSealed);
  Then({kSealed, kSealed, kLoading});
  EXPECT_EQ(WaitFor(2)->state(), kSealed);
  // But not one that has failed.
  Then({kAvailable, kSealed, kFailed});
  Then({kAvailable, kAvailable, kFailed});
  EXPECT_EQ(WaitFor(2)->state(), kAvailable);
  // It is there already.
  Then({kAvailable, kAvailable, kAvailable}, /*loads_latest=*/false);
  EXPECT_EQ(WaitFor(2)->state(), kAvailable);
}

TEST_F(WaitForVersionTest, NotForEverIfTheServerDoesNotLook) {
  server_.model_response.mutable_model()->set_loads_latest(true);
  const auto version = WaitFor(2, absl::Milliseconds(1));
  EXPECT_TRUE(absl::IsAborted(version.status()));
  EXPECT_THAT(std::string(version.status().message()),
              HasSubstr("version 2 of model m is in the repository, but the "
                        "server has not begun to load it within 1ms"));
  server_.FailWith(absl::StatusCode::kNotFound, "no model m");
  EXPECT_TRUE(absl::IsAborted(WaitFor(1, absl::Milliseconds(1)).status()))
      << "the first version is not known at once";
  server_.FailWith(absl::StatusCode::kInternal, "broken");
  EXPECT_TRUE(absl::IsInternal(WaitFor(1).status()));
}

}  // namespace
}  // namespace akin::client
