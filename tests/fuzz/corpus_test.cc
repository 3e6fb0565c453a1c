// What the fuzzers begin with, and what they once found, read again in every
// build.

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/search_service.pb.h"
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
  for (const FuzzTarget& target : AllFuzzTargets()) {
    EXPECT_TRUE(names.insert(std::string(target.name)).second) << target.name;
  }
  EXPECT_EQ(names, Folders());
}

// "GetModel" -> "rpc_get_model".
std::string TargetOf(const std::string& rpc) {
  std::string name = "rpc";
  for (const char letter : rpc) {
    if (absl::ascii_isupper(letter)) name += '_';
    name += absl::ascii_tolower(letter);
  }
  return name;
}

TEST(FuzzCorpusTest, EveryRpcHasATarget) {
  // Their descriptors are there.
  (void)v1::SearchRequest::descriptor();
  (void)v1::ListModelsRequest::descriptor();
  size_t rpcs = 0;
  for (const char* name : {"akin.v1.SearchService", "akin.v1.CatalogService"}) {
    const auto* const service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
            name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i, ++rpcs) {
      const std::string target = TargetOf(service->method(i)->name());
      EXPECT_TRUE(FindFuzzTarget(target).has_value()) << target;
    }
  }
  EXPECT_GE(rpcs, 17u);
}

TEST(FuzzCorpusTest, EveryInputIsReadToItsEnd) {
  for (const std::string& folder : Folders()) {
    const std::optional<FuzzTarget> target = FindFuzzTarget(folder);
    ASSERT_TRUE(target.has_value()) << folder;
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
    const std::optional<FuzzTarget> target = FindFuzzTarget(folder);
    ASSERT_TRUE(target.has_value()) << folder;
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
  EXPECT_FALSE(FindFuzzTarget("").has_value());
  EXPECT_FALSE(FindFuzzTarget("targets").has_value());
}

}  // namespace
}  // namespace akin
