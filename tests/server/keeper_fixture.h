// A repository of tiny sealed versions, a catalog, and what the log was told.

#ifndef AKIN_TESTS_SERVER_KEEPER_FIXTURE_H_
#define AKIN_TESTS_SERVER_KEEPER_FIXTURE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/mutex.h"
#include "index/base/worker_pool.h"
#include "index/version/repository.h"
#include "index/version/sealed_version.h"
#include "server/version_keeper.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin::server {

// A version with two tables whose ids tell its number, beside "all", which
// every version has.
inline void SealTiny(const std::string& repository, const std::string& model,
                     int64_t number) {
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  for (const char* name : {"users", "items"}) {
    Rows rows = RandomRows(50, 4, static_cast<uint32_t>(number));
    for (auto& [id, values] : rows) id = absl::StrCat("v", number, "-", id);
    rows.emplace_back("all", std::vector<float>{1, 2, 3, 4});
    tables.push_back(Indexed(MakeTable(name, Metric::kCosine, rows)));
  }
  auto build = VersionBuild::Begin(repository, model, number);
  ASSERT_THAT(build, IsOk());
  ASSERT_THAT(SealVersion(Version(model, number, std::move(tables)), {},
                          (*build)->folder()),
              IsOk());
  ASSERT_THAT((*build)->Publish(), IsOk());
}

class KeeperFixture : public testing::Test {
 protected:
  KeeperFixture() { std::filesystem::create_directory(repository_); }

  void Seal(int64_t number, const std::string& model = "m") {
    SealTiny(repository_, model, number);
  }
  void Damage(int64_t number) {
    std::fstream file(VersionFolder(repository_, "m", number) + "/items.table",
                      std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(100);
    file.put('!');
  }
  void WriteLabels(const std::string& text) const {
    std::ofstream(repository_ + "/m/LABELS.json") << text;
  }
  VersionKeeper::Options Options(size_t keep = 2) {
    VersionKeeper::Options options;
    options.repository = repository_;
    options.keep_versions = keep;
    options.say = [this](const std::string& line, bool is_error) {
      MutexLock lock(&mutex_);
      (is_error ? errors_ : lines_).push_back(line);
    };
    return options;
  }
  std::vector<int64_t> Served(const std::string& model = "m") {
    return ServedBy(catalog_, model);
  }
  static std::vector<int64_t> ServedBy(const Catalog& catalog,
                                       const std::string& model = "m") {
    std::vector<int64_t> numbers;
    const auto found = catalog.Find(model);
    if (!found.ok()) return numbers;
    for (const auto& version : found->versions) {
      numbers.push_back(version->number());
    }
    return numbers;
  }
  // 0: there is no such label.
  static int64_t Labelled(const Catalog& catalog, absl::string_view label) {
    const auto pinned = catalog.Pin("m", label);
    return pinned.ok() ? (*pinned)->number() : 0;
  }
  int64_t Stable() { return Labelled(catalog_, "stable"); }

  TempDir dir_;
  const std::string repository_ = dir_.Path("repo");
  WorkerPool pool_{2};
  Catalog catalog_;
  Mutex mutex_;
  std::vector<std::string> lines_;
  std::vector<std::string> errors_;
};

}  // namespace akin::server

#endif  // AKIN_TESTS_SERVER_KEEPER_FIXTURE_H_
