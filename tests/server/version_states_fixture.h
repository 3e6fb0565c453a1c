// A keeper of a repository, asked for what became of version after version.

#ifndef AKIN_TESTS_SERVER_VERSION_STATES_FIXTURE_H_
#define AKIN_TESTS_SERVER_VERSION_STATES_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/server/keeper_fixture.h"

namespace akin::server {

class VersionStatesFixture : public KeeperFixture {
 protected:
  void Look(VersionKeeper* keeper) {
    EXPECT_THAT(keeper->Look(&pool_), IsOk());
  }
  static absl::Status Label(VersionKeeper* keeper, const std::string& label,
                            int64_t version) {
    return keeper->SetLabel("m", label, {version, {}, {}}, false).status();
  }
  static absl::Status Remove(VersionKeeper* keeper, const std::string& label) {
    return keeper->SetLabel("m", label, {}, false).status();
  }
  static VersionFacts FactsOf(const VersionKeeper& keeper, int64_t version) {
    const auto model = keeper.Describe("m");
    EXPECT_THAT(model, IsOk());
    for (const VersionFacts& facts : model->versions) {
      if (facts.number == version) return facts;
    }
    ADD_FAILURE() << "no version " << version;
    return {};
  }
  static VersionState StateOf(const VersionKeeper& keeper, int64_t version) {
    return FactsOf(keeper, version).state;
  }
};

}  // namespace akin::server

#endif  // AKIN_TESTS_SERVER_VERSION_STATES_FIXTURE_H_
