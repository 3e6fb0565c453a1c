#include "client/cli/render_versions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/client/version_commands_fixture.h"

namespace akin::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(RenderVersions, LabelText) {
  v1::Label label;
  label.set_name("stable");
  label.set_version(4);
  EXPECT_EQ(LabelText(label), "stable -> version 4");
  label.set_follows_latest(true);
  EXPECT_EQ(LabelText(label), "stable -> version 4, follows the latest");
  label.Clear();
  label.set_name("canary");
  label.set_version(5);
  label.set_shadow_share(0.01);
  label.mutable_shadow()->set_queries(1);
  label.mutable_shadow()->set_overlap(0.5);
  label.mutable_shadow()->set_failed(2);
  EXPECT_EQ(LabelText(label),
            "canary -> version 5, is asked 1 % of stable's queries unseen (1 "
            "answer: overlap 0.500, 2 failed, 0 skipped)");
}

TEST(RenderVersions, TheBarIsOnlyForPeopleAndGoesAway) {
  std::ostringstream out;
  std::ostringstream err;
  std::ostringstream progress;
  v1::ModelVersion version = VersionOf(7, v1::VERSION_STATE_LOADING);
  version.mutable_progress()->set_bytes_done(1 << 20);
  version.mutable_progress()->set_bytes_total(2 << 20);
  {
    Terminal quiet{.out = out, .err = err};
    LoadBar bar(quiet, "movies");
    bar.Show(version);
  }
  EXPECT_EQ(out.str() + err.str(), "");
  {
    Terminal shown{.out = out, .err = err};
    shown.progress = &progress;
    LoadBar bar(shown, "movies");
    bar.Show(version);
    EXPECT_THAT(progress.str(),
                AllOf(HasSubstr("movies version 7: [###############"
                                "...............]"),
                      HasSubstr("1.0 MiB of 2.0 MiB")));
    // More than all of it is all of it.
    version.mutable_progress()->set_bytes_done(3 << 20);
    bar.Show(version);
  }
  EXPECT_THAT(progress.str(), testing::EndsWith("\r\x1b[K"));
  EXPECT_EQ(out.str() + err.str(), "");
}

}  // namespace
}  // namespace akin::client
