// Versions as a client sees them: states, loads, labels, comparison, canary,
// and the commands of akin.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "client/cpp/call_status.h"
#include "tests/e2e/versions_fixture.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

using Versions = VersionsE2eTest;

TEST_F(Versions, AFailedOneShowsItsReasonAndWhatIsServedGoesOn) {
  Build(1, "-v1");
  Build(2, "-v2");
  const std::string aside = dir_.Path("aside");
  fs::rename(Folder(2), aside);
  const Served served = Serve();
  ASSERT_NE(served.client, nullptr);
  fs::resize_file(aside + "/words.table",
                  fs::file_size(aside + "/words.table") - 1);
  fs::rename(aside, Folder(2));
  const v1::Model model =
      WaitForState(*served.client, 2, v1::VERSION_STATE_FAILED);
  EXPECT_THAT(VersionIn(model, 2).failure(),
              HasSubstr(Folder(2) + "/words.table"));
  EXPECT_EQ(VersionIn(model, 1).state(), v1::VERSION_STATE_AVAILABLE);
  EXPECT_EQ(LabelIn(model, "stable").version(), 1);
  EXPECT_TRUE(LabelIn(model, "stable").follows_latest());
  EXPECT_EQ(*Ask(*served.client), 1);
  EXPECT_THAT(served.client->SetLabel(LabelRequest("stable", 2)),
              IsStatus(StatusCode::kNotFound));
  // The later one that is whole is served as ever.
  Build(3, "-v3");
  WaitForState(*served.client, 3, v1::VERSION_STATE_AVAILABLE);
  EXPECT_EQ(*Ask(*served.client), 3);
}

TEST_F(Versions, AreSealedLoadingAvailableAndSealedAgain) {
  Build(1, "-v1", 20'000, 1, 64);
  Build(2, "-v2", 40);
  const Served served = Serve();
  ASSERT_NE(served.client, nullptr);
  const auto state = [&](int64_t version) {
    return VersionIn(Model(*served.client), version).state();
  };
  EXPECT_EQ(state(1), v1::VERSION_STATE_SEALED);
  EXPECT_EQ(state(2), v1::VERSION_STATE_AVAILABLE);
  // A load may be over before it is seen.
  bool seen_loading = false;
  for (int i = 0; i < 100 && !seen_loading; ++i) {
    const auto asked = Load(*served.client, 1);
    ASSERT_THAT(asked, IsOk());
    EXPECT_EQ(asked->version().version(), 1);
    WaitFor(*served.client, [&](const v1::Model& model) {
      const v1::VersionState now = VersionIn(model, 1).state();
      EXPECT_NE(now, v1::VERSION_STATE_FAILED);
      seen_loading = seen_loading || now == v1::VERSION_STATE_LOADING;
      return now == v1::VERSION_STATE_AVAILABLE;
    });
    EXPECT_THAT(Unload(*served.client, 1), IsOk());
    WaitForState(*served.client, 1, v1::VERSION_STATE_SEALED);
  }
  EXPECT_TRUE(seen_loading);
}

TEST_F(Versions, ArePlannedLoadedAndLetGo) {
  Build(1, "-v1");
  Build(2, "-v2");
  const Served served = Serve();
  ASSERT_NE(served.client, nullptr);
  const client::Client& client = *served.client;
  v1::PlanLoadRequest plan;
  plan.set_model("m");
  plan.set_version(1);
  const auto planned = client.PlanLoad(plan);
  ASSERT_THAT(planned, IsOk());
  EXPECT_EQ(planned->version(), 1);
  EXPECT_EQ(planned->state(), v1::VERSION_STATE_SEALED);
  EXPECT_TRUE(planned->fits());
  EXPECT_GT(planned->version_bytes(), 0u);
  EXPECT_GE(planned->peak_bytes(), planned->version_bytes());
  EXPECT_GE(planned->available_bytes(), planned->peak_bytes());
  plan.set_version(0);
  EXPECT_EQ(client.PlanLoad(plan)->version(), 2);
  plan.set_version(7);
  EXPECT_THAT(client.PlanLoad(plan),
              IsStatus(StatusCode::kNotFound, HasSubstr("version 7")));
  EXPECT_THAT(Load(client, 7), IsStatus(StatusCode::kNotFound));

  EXPECT_THAT(Ask(client, "", 1), IsStatus(StatusCode::kNotFound));
  ASSERT_THAT(Load(client, 1), IsOk());
  const v1::Model model = WaitForState(client, 1, v1::VERSION_STATE_AVAILABLE);
  EXPECT_EQ(VersionIn(model, 1).tables_size(), 1);
  // It serves who names it, and is not stable for that.
  EXPECT_EQ(*Ask(client, "", 1), 1);
  EXPECT_EQ(*Ask(client), 2);
  EXPECT_THAT(Unload(client, 2),
              IsStatus(StatusCode::kFailedPrecondition, HasSubstr("stable")));
  EXPECT_THAT(Unload(client, 1), IsOk());
  EXPECT_THAT(Ask(client, "", 1), IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(Unload(client, 1), IsStatus(StatusCode::kNotFound));
}

TEST_F(Versions, AreComparedBeforeALabelMoves) {
  Build(1, "", 200, 1);
  Build(2, "", 200, 2);  // other vectors under the same ids
  const Served served = Serve();
  ASSERT_NE(served.client, nullptr);
  const client::Client& client = *served.client;
  ASSERT_THAT(Load(client, 1), IsOk());
  WaitForState(client, 1, v1::VERSION_STATE_AVAILABLE);
  v1::CompareVersionsRequest request;
  request.set_model("m");
  request.mutable_before()->set_version(1);
  request.mutable_after()->set_label("stable");
  request.set_queries(50);
  request.mutable_thresholds()->set_min_overlap(0.9);
  const auto compared = client.CompareVersions(request);
  ASSERT_THAT(compared, IsOk());
  const v1::Comparison& comparison = compared->comparison();
  EXPECT_EQ(comparison.before(), 1);
  EXPECT_EQ(comparison.after(), 2);
  ASSERT_EQ(comparison.tables_size(), 1);
  EXPECT_EQ(comparison.tables(0).queries(), 50u);
  EXPECT_LT(comparison.tables(0).overlap(), 0.5);
  EXPECT_EQ(comparison.broken_size(), 1);

  v1::SetLabelRequest label = LabelRequest("stable", 1);
  label.mutable_thresholds()->set_min_overlap(0.9);
  const auto refused = client.SetLabel(label);
  EXPECT_THAT(refused, IsStatus(StatusCode::kFailedPrecondition,
                                HasSubstr("was not moved to version 1")));
  const auto detail = client::GetErrorDetail(refused.status());
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->comparison_refused().comparison().after(), 1);
  EXPECT_EQ(LabelIn(Model(client), "stable").version(), 2);
  label.set_force(true);
  const auto moved = client.SetLabel(label);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->previous_version(), 2);
  EXPECT_EQ(moved->comparison().broken_size(), 1);
  EXPECT_EQ(LabelIn(Model(client), "stable").version(), 1);
}

TEST_F(Versions, LabelsSurviveARestart) {
  Build(1, "-v1");
  Build(2, "-v2");
  {
    const Served served = Serve();
    ASSERT_NE(served.client, nullptr);
    ASSERT_THAT(Load(*served.client, 1), IsOk());
    WaitForState(*served.client, 1, v1::VERSION_STATE_AVAILABLE);
    const auto moved = served.client->SetLabel(LabelRequest("stable", 1));
    ASSERT_THAT(moved, IsOk());
    EXPECT_EQ(moved->previous_version(), 2);
    EXPECT_THAT(served.client->SetLabel(LabelRequest("tried", 2)), IsOk());
    EXPECT_EQ(*Ask(*served.client), 1);
    served.server->process().Signal(SIGTERM);
    EXPECT_EQ(served.server->process().Wait(), 0);
  }
  Build(3, "-v3");
  const Served again = Serve();
  ASSERT_NE(again.client, nullptr);
  EXPECT_EQ(*Ask(*again.client), 1);
  const v1::Model model = Model(*again.client);
  EXPECT_EQ(LabelIn(model, "stable").version(), 1);
  EXPECT_FALSE(LabelIn(model, "stable").follows_latest());
  EXPECT_EQ(LabelIn(model, "tried").version(), 2);
  EXPECT_EQ(VersionIn(model, 3).state(), v1::VERSION_STATE_AVAILABLE);
  // Removed, it follows the latest again.
  v1::SetLabelRequest removal;
  removal.set_model("m");
  removal.set_label("stable");
  removal.set_remove(true);
  EXPECT_THAT(again.client->SetLabel(removal), IsOk());
  EXPECT_EQ(*Ask(*again.client), 3);
  EXPECT_THAT(again.client->SetLabel(removal), IsStatus(StatusCode::kNotFound));
}

TEST_F(Versions, TwoServersFollowEachOthersLabels) {
  Build(1, "-v1");
  Build(2, "-v2");
  const Served one = Serve();
  const Served two = Serve();
  ASSERT_TRUE(one.client != nullptr && two.client != nullptr);
  ASSERT_THAT(Load(*one.client, 1), IsOk());
  WaitForState(*one.client, 1, v1::VERSION_STATE_AVAILABLE);
  const auto stable_is = [](int64_t version) {
    return [version](const v1::Model& model) {
      return LabelIn(model, "stable").version() == version;
    };
  };
  // The other one has to load it first.
  ASSERT_THAT(one.client->SetLabel(LabelRequest("stable", 1)), IsOk());
  WaitFor(*two.client, stable_is(1));
  EXPECT_EQ(*Ask(*two.client), 1);
  ASSERT_THAT(two.client->SetLabel(LabelRequest("stable", 2)), IsOk());
  WaitFor(*one.client, stable_is(2));
  EXPECT_EQ(*Ask(*one.client), 2);
}

TEST_F(Versions, OfAReadOnlyRepositoryAreServedAndKeepTheirLabels) {
  Build(1, "-v1");
  Build(2, "-v2");
  const char* path = repository_.c_str();
  if (mount(path, path, nullptr, MS_BIND, nullptr) != 0) {
    GTEST_SKIP() << "skipped: no right to mount a read-only file system";
  }
  const int read_only =
      mount(nullptr, path, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr);
  {
    const Served served = Serve();
    EXPECT_EQ(read_only, 0);
    if (served.client != nullptr) {
      EXPECT_EQ(*Ask(*served.client), 2);
      EXPECT_THAT(Load(*served.client, 1), IsOk());
      WaitForState(*served.client, 1, v1::VERSION_STATE_AVAILABLE);
      EXPECT_THAT(
          served.client->SetLabel(LabelRequest("stable", 1)),
          IsStatus(StatusCode::kFailedPrecondition,
                   AllOf(HasSubstr("the labels of model m cannot be kept in "
                                   "the repository"),
                         HasSubstr(repository_))));
      EXPECT_EQ(*Ask(*served.client), 2);
    }
  }
  umount2(path, MNT_DETACH);
}

TEST_F(Versions, OnAFullDiskAreServedAndCanBeMovedWhenThereIsRoomAgain) {
  fs::create_directory(repository_);
  const char* path = repository_.c_str();
  if (mount("tmpfs", path, "tmpfs", 0, "size=1m") != 0) {
    GTEST_SKIP() << "skipped: no right to mount a small file system";
  }
  Build(1, "-v1");
  Build(2, "-v2");
  {
    const Served served = Serve();
    if (served.client != nullptr) {
      EXPECT_THAT(Load(*served.client, 1), IsOk());
      WaitForState(*served.client, 1, v1::VERSION_STATE_AVAILABLE);
      const std::string all_room = repository_ + "/.all-room";
      std::ofstream file(all_room);
      while (file << std::string(4096, 'x') << std::flush) {
      }
      EXPECT_THAT(served.client->SetLabel(LabelRequest("stable", 1)),
                  IsStatus(StatusCode::kFailedPrecondition,
                           AllOf(HasSubstr("cannot be kept in the repository"),
                                 HasSubstr("No space left"))));
      EXPECT_EQ(*Ask(*served.client), 2);
      fs::remove(all_room);
      file.close();
      EXPECT_THAT(served.client->SetLabel(LabelRequest("stable", 1)), IsOk());
      EXPECT_EQ(*Ask(*served.client), 1);
    }
  }
  umount2(path, MNT_DETACH);
}

TEST_F(Versions, ACanaryAnswersTheSameKeysAlways) {
  Build(1, "-v1");
  Build(2, "-v2");
  constexpr int kKeys = 200;
  std::map<std::string, int64_t> first;
  const auto ask_all = [&](const client::Client& client) {
    std::map<std::string, int64_t> answers;
    for (int i = 0; i < kKeys; ++i) {
      const std::string key = absl::StrCat("user", i);
      const auto version = Ask(client, key);
      EXPECT_THAT(version, IsOk());
      answers[key] = version.value_or(0);
    }
    return answers;
  };
  {
    const Served served = Serve();
    ASSERT_NE(served.client, nullptr);
    ASSERT_THAT(Load(*served.client, 1), IsOk());
    WaitForState(*served.client, 1, v1::VERSION_STATE_AVAILABLE);
    ASSERT_THAT(served.client->SetLabel(LabelRequest("stable", 1)), IsOk());
    v1::SetLabelRequest canary = LabelRequest("canary", 2);
    canary.set_share(0.5);
    canary.set_shadow_share(1);
    ASSERT_THAT(served.client->SetLabel(canary), IsOk());
    first = ask_all(*served.client);
    const auto of_canary =
        std::count_if(first.begin(), first.end(),
                      [](const auto& answer) { return answer.second == 2; });
    EXPECT_GT(of_canary, kKeys / 4);
    EXPECT_LT(of_canary, kKeys * 3 / 4);
    EXPECT_EQ(ask_all(*Connect(served.address)), first);
    // Who says nothing is answered by stable.
    for (int i = 0; i < 20; ++i) EXPECT_EQ(*Ask(*served.client), 1);
    const v1::Model model = WaitFor(*served.client, [](const v1::Model& asked) {
      const v1::ShadowResult shadow = LabelIn(asked, "canary").shadow();
      return shadow.queries() + shadow.skipped() >= 20;
    });
    const v1::Label label = LabelIn(model, "canary");
    EXPECT_EQ(label.share(), 0.5);
    EXPECT_EQ(label.shadow_share(), 1);
    EXPECT_GT(label.shadow().queries(), 0u);
    EXPECT_EQ(label.shadow().failed(), 0u);
    EXPECT_EQ(label.shadow().overlap(), 0);  // no id is of both
  }
  const Served again = Serve();
  ASSERT_NE(again.client, nullptr);
  EXPECT_EQ(ask_all(*again.client), first);
}

TEST_F(Versions, AreHandledFromTheShell) {
  Build(1, "", 100, 1);
  Build(2, "", 100, 1);
  Build(3, "", 100, 2);
  const Served served = Serve();
  ASSERT_NE(served.client, nullptr);
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--server", served.address});
    return RunAkin(arguments);
  };
  const auto expect = [&](int code, const std::vector<std::string>& arguments,
                          const std::string& says) {
    const CliResult result = run(arguments);
    EXPECT_EQ(result.exit_code, code) << result.output << result.errors;
    EXPECT_THAT(code == 0 ? result.output : result.errors, HasSubstr(says));
  };
  const auto stable = [&] {
    return LabelIn(Model(*served.client), "stable").version();
  };
  expect(0, {"plan", "m", "--version", "2"}, "fits");
  expect(1, {"plan", "m", "--version", "9"}, "version 9");
  expect(1, {"load", "m", "--version", "9"}, "version 9");
  expect(1, {"rollback", "m"}, "no version of model m before 3 is loaded");
  expect(0, {"load", "m", "--version", "2"}, "m version 2: available");
  expect(0, {"load", "m", "--version", "1"}, "m version 1: available");
  expect(0,
         {"compare", "m", "--before", "1", "--after", "2", "--min-overlap",
          "0.99"},
         "words");
  expect(1,
         {"compare", "m", "--before", "1", "--after", "3", "--min-overlap",
          "0.99"},
         "version 3 of model m breaks thresholds in 1 figure");
  expect(0, {"rollback", "m"}, "stable -> version 2");
  EXPECT_EQ(stable(), 2);
  expect(0, {"label", "m", "canary", "--version", "3", "--share", "0.25"},
         "answers 25 %");
  expect(1, {"promote", "m", "--min-overlap", "0.99"}, "was not moved");
  EXPECT_EQ(stable(), 2);
  expect(0, {"promote", "m"}, "stable -> version 3");
  EXPECT_EQ(stable(), 3);
  expect(1, {"unload", "m", "--version", "3"}, "label");
  expect(0, {"unload", "m", "--version", "1"}, "m version 1");
  expect(2, {"unload", "m"}, "--version");
  expect(2, {"label", "m", "stable"}, "--remove");
  expect(0, {"label", "m", "canary", "--remove"}, "removed");
  expect(1, {"label", "m", "canary", "--remove"}, "canary");
  const CliResult json = run({"plan", "m", "--json"});
  EXPECT_EQ(json.exit_code, 0);
  EXPECT_THAT(json.output, HasSubstr("\"version\""));
}

}  // namespace
}  // namespace akin
