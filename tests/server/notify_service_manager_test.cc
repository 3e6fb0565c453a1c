#include "server/notify_service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/notify_socket.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class NotifyServiceManagerTest : public testing::Test {
 protected:
  ~NotifyServiceManagerTest() override { unsetenv("NOTIFY_SOCKET"); }

  static void Name(const std::string& socket) {
    setenv("NOTIFY_SOCKET", socket.c_str(), /*overwrite=*/1);
  }

  TempDir dir_;
};

TEST_F(NotifyServiceManagerTest, NothingListensWithoutTheVariable) {
  unsetenv("NOTIFY_SOCKET");
  EXPECT_THAT(NotifyServiceManager("READY=1"), IsOk());
  Name("");
  EXPECT_THAT(NotifyServiceManager("READY=1"), IsOk());
}

TEST_F(NotifyServiceManagerTest, SendsOneDatagramToAPath) {
  const NotifySocket manager(dir_.Path("notify"));
  ASSERT_TRUE(manager.bound());
  Name(dir_.Path("notify"));
  EXPECT_THAT(NotifyServiceManager("READY=1\nSTATUS=serving"), IsOk());
  EXPECT_THAT(NotifyServiceManager("STOPPING=1"), IsOk());
  EXPECT_EQ(manager.Next(), "READY=1\nSTATUS=serving");
  EXPECT_EQ(manager.Next(), "STOPPING=1");
}

TEST_F(NotifyServiceManagerTest, SendsToAnAbstractSocket) {
  const std::string name =
      absl::StrCat("@akin-test/", getpid(), dir_.Path("notify"));
  const NotifySocket manager(name);
  ASSERT_TRUE(manager.bound());
  Name(name);
  EXPECT_THAT(NotifyServiceManager("READY=1"), IsOk());
  EXPECT_EQ(manager.Next(), "READY=1");
}

TEST_F(NotifyServiceManagerTest, SaysWhatIsWrongWithTheName) {
  for (const std::string& name :
       {std::string("vsock:2:1234"), std::string("@"), std::string("/"),
        "/" + std::string(107, 'x')}) {
    Name(name);
    EXPECT_THAT(NotifyServiceManager("READY=1"),
                IsStatus(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(absl::StrCat("\"", name, "\"")),
                               HasSubstr("expected a path"))))
        << name;
  }
}

TEST_F(NotifyServiceManagerTest, SaysThatNobodyListens) {
  Name(dir_.Path("nobody"));
  EXPECT_THAT(NotifyServiceManager("READY=1"),
              IsStatus(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr(dir_.Path("nobody")),
                             HasSubstr("No such file"))));
}

}  // namespace
}  // namespace akin::server
