// What systemd hears of the real server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"
#include "tests/support/notify_socket.h"

namespace akin {
namespace {

TEST(Notify, SaysLoadingReadyAndStopping) {
  const TempDir dir;
  const NotifySocket manager(dir.Path("notify"));
  ASSERT_TRUE(manager.bound());
  std::vector<std::string> arguments = RoyalLoads(dir);
  arguments.insert(arguments.end(), {"--drain-seconds", "2.5"});
  setenv("NOTIFY_SOCKET", dir.Path("notify").c_str(), /*overwrite=*/1);
  TestServer server(arguments);
  unsetenv("NOTIFY_SOCKET");

  EXPECT_EQ(manager.Next(), "STATUS=loading");
  const std::string address = server.WaitUntilServing();
  EXPECT_EQ(manager.Next(), "READY=1\nSTATUS=serving on " + address);
  EXPECT_EQ(RunAkin({"--server", address, "models"}).exit_code, 0);
  server.process().Signal(SIGTERM);
  EXPECT_EQ(manager.Next(),
            "STOPPING=1\nEXTEND_TIMEOUT_USEC=32500000\nSTATUS=draining");
  EXPECT_EQ(server.process().Wait(), 0);
}

TEST(Notify, ServesWhereNobodyListensAndSaysSo) {
  const TempDir dir;
  setenv("NOTIFY_SOCKET", dir.Path("nobody").c_str(), /*overwrite=*/1);
  TestServer server(RoyalLoads(dir));
  unsetenv("NOTIFY_SOCKET");
  EXPECT_FALSE(server.WaitUntilServing().empty());
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().Wait(), 0);
  EXPECT_THAT(server.process().errors(),
              testing::HasSubstr("cannot notify " + dir.Path("nobody")));
}

}  // namespace
}  // namespace akin
