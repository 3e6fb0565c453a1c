#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "index/version/labels.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

TEST(ChangeLabelsTest, RemovesWhatKilledProgramsLeftBesideThem) {
  const TempDir repository;
  fs::create_directory(repository.Path("m"));
  const std::string left = repository.Write("m/.LABELS.json.1-2-3", "{\"lab");
  const std::string other = repository.Write("m/.LABELS.jsonx", "another's");
  fs::create_directory(repository.Path("m/.building-4"));
  const auto set = [](Labels* labels) {
    (*labels)["stable"].version = 1;
    return absl::OkStatus();
  };
  ASSERT_THAT(ChangeLabels(repository.Path(""), "m", set), IsOk());
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(other));
  EXPECT_TRUE(fs::exists(repository.Path("m/.building-4")));
  EXPECT_EQ(ReadLabels(repository.Path(""), "m")->at("stable").version, 1);
}

}  // namespace
}  // namespace akin
