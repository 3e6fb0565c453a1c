// What the fuzzers begin with, and what they once found, read again in every
// build.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "tests/fuzz/fuzz_target.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

const char kCorpus[] = AKIN_SOURCE_DIR "/tests/fuzz/corpus";

std::string Content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

std::set<std::string> Folders() {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(kCorpus)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

TEST(FuzzCorpusTest, EveryTargetHasAFolder) {
  std::set<std::string> names;
  for (const auto targets : {VectorTargets(), SideFileTargets(),
                             RepositoryTargets(), CommandLineTargets()}) {
    for (const FuzzTarget& target : targets) {
      EXPECT_TRUE(names.insert(std::string(target.name)).second) << target.name;
    }
  }
  EXPECT_EQ(names, Folders());
}

TEST(FuzzCorpusTest, EveryInputIsReadToItsEnd) {
  for (const std::string& folder : Folders()) {
    const FuzzTarget* const target = FindFuzzTarget(folder);
    ASSERT_NE(target, nullptr) << folder;
    size_t good = 0;
    for (const auto& entry :
         fs::directory_iterator(fs::path(kCorpus) / folder)) {
      SCOPED_TRACE(entry.path());
      const bool read = target->read(Content(entry.path()));
      // Those called good-* show that the fuzzer begins within the format.
      if (!absl::StartsWith(entry.path().filename().string(), "good-")) {
        continue;
      }
      EXPECT_TRUE(read);
      ++good;
    }
    EXPECT_GE(good, 1u) << folder;
  }
}

TEST(FuzzCorpusTest, NothingAndCutInputsAreRefusedOrRead) {
  for (const std::string& folder : Folders()) {
    const FuzzTarget* const target = FindFuzzTarget(folder);
    ASSERT_NE(target, nullptr) << folder;
    // No settings at all are settings.
    EXPECT_EQ(target->read(""), folder == "config") << folder;
    for (const auto& entry :
         fs::directory_iterator(fs::path(kCorpus) / folder)) {
      const std::string content = Content(entry.path());
      for (size_t size = 0; size < content.size(); size += 7) {
        (void)target->read(content.substr(0, size));  // it aborts, or is well
      }
    }
  }
}

TEST(FuzzCorpusTest, OtherNamesAreNoTargets) {
  EXPECT_EQ(FindFuzzTarget(""), nullptr);
  EXPECT_EQ(FindFuzzTarget("targets"), nullptr);
}

}  // namespace
}  // namespace akin
