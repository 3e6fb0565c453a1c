// Every metric is told of in server/README.md, and what is told of, drawn or
// alerted on is there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/metrics/collect.h"

namespace akin::server {
namespace {

std::string ReadFile(const std::string& name) {
  std::ifstream file(absl::StrCat(AKIN_SOURCE_DIR "/", name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

std::set<std::string> NamesIn(const std::string& text) {
  static const std::regex name("\\b(akin|process)_[a-z_]*[a-z]\\b");
  return {std::sregex_token_iterator(text.begin(), text.end(), name), {}};
}

std::set<std::string> Told() {
  Config config;
  config.set_threads(1);
  const ServerState state(config);
  std::set<std::string> names;
  for (const auto& family : Collect(state, 0)) names.insert(family.name);
  return names;
}

TEST(MetricNames, AreAllInTheReadme) {
  const std::string readme = ReadFile("server/README.md");
  for (const std::string& name : Told()) {
    EXPECT_TRUE(absl::StrContains(readme, absl::StrCat("| `", name, "` |")))
        << name;
  }
}

TEST(MetricNames, ThatTheReadmeTellsOfAreThere) {
  const std::string readme = ReadFile("server/README.md");
  const std::set<std::string> told = Told();
  static const std::regex row("\\n\\| `((akin|process)_[a-z_]+)` \\|");
  int rows = 0;
  for (std::sregex_iterator at(readme.begin(), readme.end(), row), end;
       at != end; ++at, ++rows) {
    const std::string name = (*at)[1];
    EXPECT_TRUE(told.contains(name)) << name;
  }
  EXPECT_GT(rows, 20);
}

TEST(MetricNames, ThatAreDrawnOrAlertedOnAreThere) {
  const std::set<std::string> told = Told();
  for (const char* file :
       {"deploy/monitoring/alerts.yml", "deploy/monitoring/alerts_test.yml",
        "deploy/monitoring/grafana-dashboard.json"}) {
    const std::set<std::string> names = NamesIn(ReadFile(file));
    EXPECT_GT(names.size(), 5u) << file;
    for (const std::string& name : names) {
      std::string family = name;
      for (const char* suffix : {"_bucket", "_count", "_sum"}) {
        if (absl::EndsWith(family, suffix)) {
          family.resize(family.size() - std::string(suffix).size());
        }
      }
      EXPECT_TRUE(told.contains(family)) << name << " in " << file;
    }
  }
}

TEST(MetricNames, EveryAlertIsExplained) {
  const std::string readme = ReadFile("deploy/README.md");
  const std::string alerts = ReadFile("deploy/monitoring/alerts.yml");
  static const std::regex alert("- alert: (\\w+)");
  int count = 0;
  for (std::sregex_iterator at(alerts.begin(), alerts.end(), alert), end;
       at != end; ++at, ++count) {
    const std::string name = (*at)[1];
    EXPECT_TRUE(absl::StrContains(readme, absl::StrCat("| `", name, "` |")))
        << name;
  }
  EXPECT_GT(count, 5);
}

}  // namespace
}  // namespace akin::server
