// What was changed in the files of a sealed version, or does not belong to it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "index/base/crc32c.h"
#include "index/version/load_version.h"
#include "index/version/sealed_version.h"
#include "tests/index/version/sealed_version_fixture.h"
#include "tests/support/overwrite.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class SealedDamageTest : public SealedVersionTest {
 protected:
  // Every file of `folder` with each of `Damages(contents)` in its place is
  // refused, in a sentence that names the file.
  template <class Damages>
  void ExpectRefused(const std::string& folder, const Damages& damages) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string path = entry.path();
      const std::string good = Contents(path);
      damages(good, [&](const std::string& bad, size_t at) {
        Overwrite(path, bad);
        const auto opened = Open(folder);
        ASSERT_FALSE(opened.ok()) << path << " at " << at;
        ASSERT_THAT(std::string(opened.status().message()), HasSubstr(path))
            << "at " << at;
        if (at % 16 != 0) return;
        ASSERT_FALSE(VerifyVersion(folder, &pool_).ok()) << path << at;
      });
      Overwrite(path, good);
    }
    EXPECT_THAT(Open(folder), IsOk());
  }
};

// As small as they can be and still have all parts; so that every byte can be
// tried.
TEST_F(SealedDamageTest, EveryFlippedByteIsRefused) {
  const auto flips = [](const std::string& good, const auto& expect) {
    std::mt19937 random(1);
    for (size_t at = 0; at < good.size(); ++at) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << random() % 8));
      expect(bad, at);
    }
  };
  ExpectRefused(
      Seal(*Load({Spec("f", 12, 3, Metric::kCosine, IndexChoice::kGraph)})),
      flips);
  ExpectRefused(Seal(*Load({Spec("c", 12, 3, Metric::kL2, IndexChoice::kGraph,
                                 Profile::kCompact)})),
                flips);
  const std::string golden =
      Seal(*Load({Spec("e", 5, 3, Metric::kDot, IndexChoice::kExact)}),
           WithGolden("# golden\n{}\n"));
  ASSERT_TRUE(fs::exists(golden + "/golden.jsonl"));
  ExpectRefused(golden, flips);
  ExpectRefused(Seal(*Load({WithAttributes(
                    Spec("a", 5, 3, Metric::kDot, IndexChoice::kExact))})),
                flips);
}

TEST_F(SealedDamageTest, EveryTruncationIsRefused) {
  ExpectRefused(
      Seal(*Load({Spec("f", 12, 3, Metric::kCosine, IndexChoice::kGraph)}),
           WithGolden("# golden\n{}\n")),
      [](const std::string& good, const auto& expect) {
        for (size_t size = 0; size < good.size(); ++size) {
          expect(good.substr(0, size), size);
        }
      });
}

TEST_F(SealedDamageTest, OtherAttributesThanTheManifestSaysAreRefused) {
  const std::string folder = Seal(*Load(
      {WithAttributes(Spec("a", 5, 3, Metric::kDot, IndexChoice::kExact))}));
  const auto manifest = ReadManifest(folder);
  ASSERT_THAT(manifest, IsOk());
  const auto reads = [&](const auto& change) {
    Manifest crafted = *manifest;
    change(&crafted.tables[0].attributes);
    Overwrite(folder + "/MANIFEST.json", FormatManifest(crafted));
    return Open(folder).status();
  };
  const auto other = IsStatus(
      StatusCode::kDataLoss,
      AllOf(HasSubstr("/a.table"), HasSubstr("others than the manifest says")));
  EXPECT_THAT(reads([](auto*) {}), IsOk());
  EXPECT_THAT(reads([](auto* list) { list->clear(); }), other);
  EXPECT_THAT(reads([](auto* list) { list->pop_back(); }), other);
  EXPECT_THAT(reads([](auto* list) { list->at(0).name = "genres"; }), other);
  EXPECT_THAT(reads([](auto* list) { list->at(0).keywords = 3; }), other);
  EXPECT_THAT(reads([](auto* list) { list->at(2).rows = 3; }), other);
  EXPECT_THAT(
      reads([](auto* list) { list->at(2).type = AttributeType::kFloat; }),
      other);
  const auto wrong = [](const char* said) {
    return IsStatus(StatusCode::kDataLoss,
                    AllOf(HasSubstr("attributes"), HasSubstr(said)));
  };
  EXPECT_THAT(reads([](auto* list) { list->at(2).rows = 6; }),
              wrong("\"rows\": expected a number of at most 5"));
  EXPECT_THAT(reads([](auto* list) { list->at(2).name = "../x"; }),
              wrong("\"name\""));
  EXPECT_THAT(reads([](auto* list) { list->push_back(list->at(0)); }),
              wrong("\"name\""));
}

TEST_F(SealedDamageTest, ManifestsLeadToNoOtherGoldenQueries) {
  const auto version =
      Load({Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact)});
  const std::string folder = Seal(*version, WithGolden("# golden"));
  const auto manifest = ReadManifest(folder);
  ASSERT_THAT(manifest, IsOk());
  const auto refuses = [&](const char* expected, const auto& change) {
    Manifest crafted = *manifest;
    change(&*crafted.golden_queries);
    EXPECT_THAT(
        ParseManifest(FormatManifest(crafted), "m"),
        IsStatus(StatusCode::kDataLoss,
                 HasSubstr(std::string("m: golden_queries: ") + expected)));
  };
  refuses("\"file\": expected golden.jsonl",
          [](GoldenFile* golden) { golden->file = "../golden.jsonl"; });
  refuses("\"bytes\": expected a number of at most 67108864",
          [](GoldenFile* golden) { golden->bytes = kMaxGoldenBytes + 1; });
  std::string text = ManifestJson(*manifest);
  for (const auto& [good, bad] :
       {std::pair{"\"golden_queries\": {", "\"golden_queries\": 7, \"x\": {"},
        {"\"sum\": ", "\"sum\": -"}}) {
    std::string changed = text;
    const size_t at = changed.find(good);
    ASSERT_NE(at, std::string::npos);
    changed.replace(at, std::string(good).size(), bad);
    changed += absl::StrFormat("{\"crc32c\": \"%08x\"}\n", Crc32c(changed));
    EXPECT_THAT(ParseManifest(changed, "m"),
                IsStatus(StatusCode::kDataLoss, HasSubstr("golden_queries")));
  }
}

// AKIN_FLIPS=10000: as many, of a large one; a few minutes.
TEST_F(SealedDamageTest, RandomFlipsOfALargerOneAreRefused) {
  int flips = 300;
  const char* wanted = std::getenv("AKIN_FLIPS");
  const bool many = wanted != nullptr && absl::SimpleAtoi(wanted, &flips);
  const std::string folder = Seal(*Load(
      {many ? Spec("r", 20'000, 64, Metric::kCosine, IndexChoice::kGraph)
            : Spec("r", 400, 100, Metric::kCosine, IndexChoice::kGraph)}));
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::mt19937_64 random(7);
  for (int i = 0; i < flips; ++i) {
    // One in ten in the manifest, which is small.
    const std::string& path =
        files[absl::EndsWith(files[0], kManifestFile) == (i % 10 != 0) ? 1 : 0];
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    const auto at = static_cast<std::streamoff>(random() % fs::file_size(path));
    file.seekg(at);
    const char good = static_cast<char>(file.get());
    const auto put = [&](char byte) {
      file.seekp(at);
      file.put(byte).flush();
    };
    put(static_cast<char>(good ^ (1 << random() % 8)));
    const auto opened = Open(folder);
    put(good);
    ASSERT_FALSE(opened.ok()) << path << " at " << at;
    const std::string said(opened.status().message());
    ASSERT_THAT(said, HasSubstr(path)) << "at " << at;
    if (!absl::EndsWith(path, kManifestFile)) {
      // Its directory is also told by the sum that the manifest has of it.
      ASSERT_THAT(said, AnyOf(HasSubstr("offset "), HasSubstr("the manifest")))
          << "at " << at;
    }
  }
  EXPECT_THAT(Open(folder), IsOk());
}

TEST_F(SealedDamageTest, FilesOfOtherVersionsAreRefused) {
  const std::string folder =
      Seal(*Load({Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact)}));
  const std::string file = folder + "/a.table";
  const std::string own = Contents(file);
  TableSpec other = Spec("b", 20, 3, Metric::kDot, IndexChoice::kExact);
  other.name = "a";
  const std::string strange = dir_.Path("strange");
  fs::create_directory(strange);
  ASSERT_THAT(SealVersion(*Load({other}), {}, strange), IsOk());
  Overwrite(file, Contents(strange + "/a.table"));
  EXPECT_THAT(Open(folder), IsStatus(StatusCode::kDataLoss,
                                     AllOf(HasSubstr("/a.table: has "),
                                           HasSubstr("the manifest expects"))));
  Overwrite(file, own);
  EXPECT_THAT(OpenVersion(folder, "m", 4, &pool_),
              IsStatus(StatusCode::kFailedPrecondition,
                       HasSubstr("holds version 3 of model m, expected "
                                 "version 4 of model m")));
  EXPECT_THAT(OpenVersion(folder, "n", 3, &pool_),
              IsStatus(StatusCode::kFailedPrecondition));
  fs::remove(file);
  EXPECT_THAT(Open(folder),
              IsStatus(StatusCode::kNotFound, HasSubstr("/a.table")));
  fs::remove(folder + "/MANIFEST.json");
  EXPECT_THAT(Open(folder),
              IsStatus(StatusCode::kNotFound, HasSubstr("/MANIFEST.json")));
}

TEST_F(SealedDamageTest, DamageIsFoundInMappedFilesToo) {
  const std::string folder =
      Seal(*Load({Spec("a", 3000, 16, Metric::kCosine, IndexChoice::kGraph)}));
  const std::string path = folder + "/a.table";
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(200);
  file.put('!');
  file.close();
  EXPECT_THAT(OpenVersion(folder, "m", 3, &pool_, {.map = true}),
              IsStatus(StatusCode::kDataLoss, HasSubstr("damaged at offset")));
}

}  // namespace
}  // namespace akin
