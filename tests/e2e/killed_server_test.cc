// A server that is killed while it loads, or while labels are set, finds the
// repository whole when it is started again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "absl/strings/numbers.h"
#include "index/version/labels.h"
#include "tests/e2e/versions_fixture.h"

namespace akin {
namespace {

// AKIN_KILLS: how often, for a long run.
int Kills() {
  const char* wanted = std::getenv("AKIN_KILLS");
  int kills = 0;
  return wanted != nullptr && absl::SimpleAtoi(wanted, &kills) ? kills : 40;
}

class KilledServer : public VersionsE2eTest {
 protected:
  // What stable may name now: what was answered last, and, if the server was
  // killed before it answered, what was asked for.
  struct Stable {
    int64_t answered = 0;
    std::optional<int64_t> asked;
  };

  // From then on it is as the file says.
  void ExpectWholeLabels(Stable* stable) {
    const auto labels = ReadLabels(repository_, "m");
    ASSERT_THAT(labels, IsOk());
    ASSERT_TRUE(labels->contains("stable"));
    const int64_t version = labels->at("stable").version;
    EXPECT_TRUE(version == stable->answered || version == stable->asked)
        << version << ", answered " << stable->answered << ", asked for "
        << stable->asked.value_or(0);
    *stable = {version, std::nullopt};
    // Nothing piles up: the next change removes what is left of the last one.
    int left = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(repository_ + "/m")) {
      const std::string name = entry.path().filename().string();
      if (absl::StartsWith(name, ".LABELS.json.")) ++left;
    }
    EXPECT_LE(left, 1);
  }

  // Sets and loads until the server is gone.
  static Stable MoveUntilGone(const client::Client& client, Stable stable) {
    for (int64_t i = 0;; ++i) {
      stable.asked = 1 + i % 2;
      const absl::Status moved =
          client.SetLabel(LabelRequest("stable", *stable.asked)).status();
      if (!moved.ok()) {
        EXPECT_THAT(moved, IsStatus(absl::StatusCode::kUnavailable));
        return stable;
      }
      stable.answered = *stable.asked;
      stable.asked = std::nullopt;
      // A third version comes and goes meanwhile.
      const auto changed =
          i % 2 == 0 ? Load(client, 3).status() : Unload(client, 3).status();
      if (changed.code() == absl::StatusCode::kUnavailable) return stable;
    }
  }

  // It serves, and what the labels say.
  static void ExpectServes(const client::Client& client, int64_t stable) {
    const auto version = Ask(client);
    ASSERT_THAT(version, IsOk());
    EXPECT_EQ(*version, stable);
    EXPECT_EQ(LabelIn(Model(client), "stable").version(), stable);
  }
};

TEST_F(KilledServer, StartsAgainWithAWholeVersionAndWholeLabels) {
  for (const int64_t version : {1, 2, 3}) {
    Build(version, absl::StrCat("-v", version), 20'000);
  }
  {
    const Served served = Serve();
    ASSERT_NE(served.client, nullptr);
    for (const int64_t version : {1, 2}) {
      ASSERT_THAT(Load(*served.client, version), IsOk());
      WaitForState(*served.client, version, v1::VERSION_STATE_AVAILABLE);
    }
    ASSERT_THAT(served.client->SetLabel(LabelRequest("stable", 1)), IsOk());
    // So that both stay loaded, whichever is stable.
    ASSERT_THAT(served.client->SetLabel(LabelRequest("one", 1)), IsOk());
    ASSERT_THAT(served.client->SetLabel(LabelRequest("two", 2)), IsOk());
  }
  Stable stable{1, std::nullopt};
  std::mt19937 random(5);
  const auto pause = [&](int most_ms) {
    absl::SleepFor(absl::Milliseconds(static_cast<int>(random() % most_ms)));
  };
  const int kills = Kills();
  for (int i = 0; i < kills && !HasFailure(); ++i) {
    SCOPED_TRACE(absl::StrCat("kill ", i));
    if (i % 2 == 0) {
      TestServer loading(Arguments());
      pause(150);
      loading.process().Signal(SIGKILL);
      loading.process().Wait();
    } else {
      const Served served = Serve();
      ASSERT_NE(served.client, nullptr);
      ExpectServes(*served.client, stable.answered);
      std::thread mover(
          [&] { stable = MoveUntilGone(*served.client, stable); });
      pause(100);
      served.server->process().Signal(SIGKILL);
      mover.join();
      served.server->process().Wait();
    }
    ExpectWholeLabels(&stable);
  }
  const Served served = Serve();
  ASSERT_NE(served.client, nullptr);
  ExpectServes(*served.client, stable.answered);
  EXPECT_EQ(LabelIn(Model(*served.client), "one").version(), 1);
  EXPECT_EQ(LabelIn(Model(*served.client), "two").version(), 2);
}

}  // namespace
}  // namespace akin
