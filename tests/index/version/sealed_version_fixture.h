// Versions that are sealed into a folder and opened from it.

#ifndef AKIN_TESTS_INDEX_VERSION_SEALED_VERSION_FIXTURE_H_
#define AKIN_TESTS_INDEX_VERSION_SEALED_VERSION_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/version/load_version.h"
#include "index/version/sealed_version.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin {

inline std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline SealFacts WithGolden(const std::string& text) {
  SealFacts facts;
  facts.golden_queries = text;
  return facts;
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
  // Of each type one, for the first two rows; the bool for all of five.
  TableSpec WithAttributes(TableSpec spec) {
    spec.attributes.path =
        dir_.Write(spec.name + ".csv",
                   "id,genre,tags:keyword_list,year,rating:float,seen:bool,"
                   "added:timestamp\n"
                   "r1,war,a|b,1990,4.5,true,1970-01-01T00:00:01Z\n"
                   "r0,drama,b,1991,-1,true,1970-01-01T00:00:02Z\n"
                   "r2,,,,,true,\nr3,,,,,false,\nr4,,,,,false,\n");
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
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    EXPECT_THAT(SealVersion(version, facts, folder), IsOk());
    return folder;
  }
  absl::StatusOr<std::shared_ptr<const Version>> Open(
      const std::string& folder) {
    return OpenVersion(folder, "m", 3, &pool_);
  }

  TempDir dir_;
  WorkerPool pool_{1};  // tens of thousands of opens wait for nobody
};

}  // namespace akin

#endif  // AKIN_TESTS_INDEX_VERSION_SEALED_VERSION_FIXTURE_H_
