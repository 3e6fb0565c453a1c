#include "index/version/sealed_version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/query/run_query.h"
#include "index/version/load_version.h"
#include "tests/support/overwrite.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class SealedVersionTest : public testing::Test {
 protected:
  TableSpec Spec(const std::string& name, size_t rows, size_t dimension,
                 Metric metric, IndexChoice index,
                 Profile profile = Profile::kAuto) {
    std::string text;
    for (const auto& [id, values] : RandomRows(rows, dimension, 5)) {
      absl::StrAppend(&text, id);
      // Trained vectors vary in fewer directions than they have components.
      for (size_t j = 0; j < values.size(); ++j) {
        absl::StrAppend(&text, " ", values[j] * (j < 8 ? 1.0f : 0.05f));
      }
      absl::StrAppend(&text, "\n");
    }
    TableSpec spec;
    spec.name = name;
    spec.source.path = dir_.Write(name + ".txt", text);
    spec.read.table.metric = metric;
    spec.index = index;
    spec.profile = profile;
    return spec;
  }
  std::shared_ptr<const Version> Load(const std::vector<TableSpec>& specs) {
    LoadOptions options;
    options.pool = &pool_;
    options.calibrate.queries = 40;
    options.calibrate.timed = 4;
    auto version = LoadVersion("m", 3, specs, options);
    EXPECT_THAT(version, IsOk());
    return *version;
  }
  std::string Seal(const Version& version, const SealFacts& facts = {}) {
    const std::string folder = dir_.Path("sealed");
    fs::remove_all(folder);
    fs::create_directory(folder);
    EXPECT_THAT(SealVersion(version, facts, folder), IsOk());
    return folder;
  }
  absl::StatusOr<std::shared_ptr<const Version>> Open(
      const std::string& folder) {
    return OpenVersion(folder, "m", 3, &pool_);
  }
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
      });
      Overwrite(path, good);
    }
    EXPECT_THAT(Open(folder), IsOk());
  }

  TempDir dir_;
  WorkerPool pool_{1};  // tens of thousands of opens wait for nobody
};

void ExpectSameAnswers(const Version& a, const Version& b,
                       const std::string& table) {
  const size_t rows = (*a.FindTable(table))->table().rows();
  for (size_t i = 0; i < rows; i += 7) {
    for (const bool exact : {false, true}) {
      SearchOptions options;
      options.k = 10;
      options.exact = exact;
      options.return_vectors = true;
      const std::string id = absl::StrCat("r", i);
      const auto before = RunQuery(a, table, ItemRef{"", id}, options);
      const auto after = RunQuery(b, table, ItemRef{"", id}, options);
      ASSERT_THAT(before, IsOk());
      ASSERT_THAT(after, IsOk());
      ASSERT_EQ(before->hits.size(), after->hits.size());
      EXPECT_EQ(before->stats.distances, after->stats.distances);
      for (size_t j = 0; j < before->hits.size(); ++j) {
        EXPECT_EQ(before->hits[j].id, after->hits[j].id);
        EXPECT_EQ(before->hits[j].score, after->hits[j].score);
        EXPECT_EQ(before->hits[j].vector, after->hits[j].vector);
      }
    }
  }
}

TEST_F(SealedVersionTest, AnswersAsBeforeInEveryLayoutAndMetric) {
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const auto version = Load({
        Spec("exact", 200, 20, metric, IndexChoice::kExact),
        Spec("flat", 500, 20, metric, IndexChoice::kGraph),
        Spec("compact", 500, 20, metric, IndexChoice::kGraph,
             Profile::kCompact),
    });
    const auto opened = Open(Seal(*version));
    ASSERT_THAT(opened, IsOk());
    const auto rows =
        Load({Spec("rows", 500, 100, metric, IndexChoice::kGraph)});
    const auto opened_rows = Open(Seal(*rows));
    ASSERT_THAT(opened_rows, IsOk());
    EXPECT_THAT((*opened_rows)->tables()[0]->report().layout,
                HasSubstr("rows: "));
    for (const auto& [before, after] :
         {std::pair{version, *opened}, {rows, *opened_rows}}) {
      for (const auto& table : before->tables()) {
        SCOPED_TRACE(
            absl::StrCat(MetricName(metric), " ", table->table().name()));
        ExpectSameAnswers(*before, *after, table->table().name());
        const auto again = after->FindTable(table->table().name());
        ASSERT_THAT(again, IsOk());
        EXPECT_EQ((*again)->memory_bytes(), table->memory_bytes());
        EXPECT_EQ((*again)->index().kind(), table->index().kind());
      }
    }
  }
}

TEST_F(SealedVersionTest, TheManifestSaysWhatItIs) {
  const auto version =
      Load({Spec("a", 300, 8, Metric::kCosine, IndexChoice::kGraph),
            Spec("b", 50, 8, Metric::kDot, IndexChoice::kExact)});
  SealFacts facts;
  facts.created_unix_seconds = 1'700'000'000;
  facts.training_run = "run \"7\"\n";
  facts.metadata = {{"lr", "0.1"}, {"\xff", "not UTF-8"}};
  facts.sources["a"] = {{"a.txt", 77, std::string(64, 'e')}};
  const std::string folder = Seal(*version, facts);
  const auto manifest = ReadManifest(folder);
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(manifest->model, "m");
  EXPECT_EQ(manifest->version, 3);
  EXPECT_EQ(manifest->created_unix_seconds, 1'700'000'000);
  EXPECT_EQ(manifest->training_run, "run \"7\"\n");
  EXPECT_EQ(manifest->metadata.at("lr"), "0.1");
  ASSERT_EQ(manifest->tables.size(), 2u);
  const TableManifest& a = manifest->tables[0];
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.rows, 300u);
  EXPECT_EQ(a.dimension, 8u);
  EXPECT_EQ(a.sources.at(0).sha256, std::string(64, 'e'));
  EXPECT_EQ(a.report.format, "GloVe text");
  const Calibration& curves = *version->tables()[0]->index().calibration();
  ASSERT_EQ(a.calibration.curves().size(), curves.curves().size());
  for (size_t i = 0; i < curves.curves().size(); ++i) {
    const RecallCurve& before = curves.curves()[i];
    const RecallCurve& after = a.calibration.curves()[i];
    EXPECT_EQ(before.query_table, after.query_table);
    ASSERT_EQ(before.points.size(), after.points.size());
    EXPECT_EQ(before.points.back().recall, after.points.back().recall);
    EXPECT_EQ(before.points.back().effort, after.points.back().effort);
  }
  EXPECT_EQ(manifest->tables[1].metric, Metric::kDot);
  EXPECT_TRUE(manifest->tables[1].calibration.empty());
  EXPECT_THAT(VerifyVersion(folder, &pool_), IsOk());
}

// As small as they can be and still have all parts; so that every byte can be
// tried.
TEST_F(SealedVersionTest, EveryFlippedByteIsRefused) {
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
  ExpectRefused(
      Seal(*Load({Spec("e", 5, 3, Metric::kDot, IndexChoice::kExact)})), flips);
}

TEST_F(SealedVersionTest, EveryTruncationIsRefused) {
  ExpectRefused(
      Seal(*Load({Spec("f", 12, 3, Metric::kCosine, IndexChoice::kGraph)})),
      [](const std::string& good, const auto& expect) {
        for (size_t size = 0; size < good.size(); ++size) {
          expect(good.substr(0, size), size);
        }
      });
}

TEST_F(SealedVersionTest, RandomFlipsOfALargerOneAreRefused) {
  ExpectRefused(
      Seal(*Load({Spec("r", 400, 100, Metric::kCosine, IndexChoice::kGraph)})),
      [](const std::string& good, const auto& expect) {
        std::mt19937 random(7);
        for (int i = 0; i < 300; ++i) {
          std::string bad = good;
          const size_t at = random() % good.size();
          bad[at] = static_cast<char>(bad[at] ^ (1 << random() % 8));
          expect(bad, at);
        }
      });
}

TEST_F(SealedVersionTest, FilesOfOtherVersionsAreRefused) {
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

TEST_F(SealedVersionTest, TheLongestNameOfATableIsANameOfAFile) {
  TableSpec spec = Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact);
  spec.name = std::string(128, 'x');
  EXPECT_THAT(Open(Seal(*Load({spec}))), IsOk());
}

TEST_F(SealedVersionTest, ACancelledLoadStops) {
  const std::string folder =
      Seal(*Load({Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact)}));
  EXPECT_THAT(OpenVersion(folder, "m", 3, &pool_,
                          [](uint64_t, uint64_t) { return false; }),
              IsStatus(StatusCode::kCancelled));
}

TEST_F(SealedVersionTest, NothingIsWrittenOverWhatIsThere) {
  const auto version =
      Load({Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact)});
  const std::string folder = Seal(*version);
  EXPECT_THAT(SealVersion(*version, {}, folder),
              IsStatus(StatusCode::kAlreadyExists, HasSubstr("/a.table")));
  EXPECT_THAT(SealVersion(*version, {}, folder + "/none"),
              IsStatus(StatusCode::kNotFound));
}

}  // namespace
}  // namespace akin
