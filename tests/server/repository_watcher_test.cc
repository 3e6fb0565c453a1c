#include "server/repository_watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/query/run_query.h"
#include "index/version/sealed_version.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RepositoryWatcherTest : public testing::Test {
 protected:
  RepositoryWatcherTest() { std::filesystem::create_directory(repository_); }

  // A version with two tables whose ids tell its number.
  void Seal(int64_t number, const std::string& model = "m") {
    std::vector<std::unique_ptr<const IndexedTable>> tables;
    for (const char* name : {"users", "items"}) {
      Rows rows = RandomRows(50, 4, static_cast<uint32_t>(number));
      for (auto& [id, values] : rows) {
        id = absl::StrCat("v", number, "-", id);
      }
      rows.emplace_back("all", std::vector<float>{1, 2, 3, 4});
      tables.push_back(Indexed(MakeTable(name, Metric::kCosine, rows)));
    }
    auto build = VersionBuild::Begin(repository_, model, number);
    ASSERT_THAT(build, IsOk());
    ASSERT_THAT(SealVersion(Version(model, number, std::move(tables)), {},
                            (*build)->folder()),
                IsOk());
    ASSERT_THAT((*build)->Publish(), IsOk());
  }
  void Damage(int64_t number) {
    std::fstream file(VersionFolder(repository_, "m", number) + "/items.table",
                      std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(100);
    file.put('!');
  }
  RepositoryWatcher Watcher(size_t keep = 2) {
    RepositoryWatcher::Options options;
    options.repository = repository_;
    options.keep_versions = keep;
    options.say = [this](const std::string& line, bool is_error) {
      (is_error ? errors_ : lines_).push_back(line);
    };
    options.cancelled = [this] { return cancelled_; };
    return RepositoryWatcher(std::move(options), &catalog_);
  }
  std::vector<int64_t> Served(const std::string& model = "m") {
    std::vector<int64_t> numbers;
    const auto found = catalog_.Find(model);
    if (!found.ok()) return numbers;
    for (const auto& published : found->versions) {
      numbers.push_back(published.version->number());
    }
    return numbers;
  }

  TempDir dir_;
  const std::string repository_ = dir_.Path("repo");
  WorkerPool pool_{2};
  Catalog catalog_;
  bool cancelled_ = false;
  std::vector<std::string> lines_;
  std::vector<std::string> errors_;
};

TEST_F(RepositoryWatcherTest, ServesTheLatestOfEveryModelAndWhatComesLater) {
  Seal(1);
  Seal(2);
  Seal(5, "other");
  RepositoryWatcher watcher = Watcher();
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(2));
  EXPECT_THAT(Served("other"), ElementsAre(5));
  Seal(4);
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(4, 2));
  EXPECT_EQ((*catalog_.Pin("m", {}))->number(), 4);
  // Earlier than what is served: nobody asked for it.
  Seal(3);
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(4, 2));
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(RepositoryWatcherTest, AVersionThatCannotBeReadChangesNothing) {
  Seal(1);
  RepositoryWatcher watcher = Watcher();
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  Seal(2);
  Damage(2);
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(1));
  ASSERT_THAT(errors_, SizeIs(1));
  EXPECT_THAT(errors_[0], AllOf(HasSubstr("version 2 of model m cannot be "
                                          "loaded; version 1 goes on serving"),
                                HasSubstr("/items.table: damaged at offset")));
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(errors_, SizeIs(1)) << "it is not tried again";
  // Made anew under the same number, it is.
  std::filesystem::remove_all(VersionFolder(repository_, "m", 2));
  Seal(2);
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(2, 1));
  Seal(3);
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(3, 2));
}

TEST_F(RepositoryWatcherTest, ACopyIsServedWhenItIsComplete) {
  Seal(1);
  RepositoryWatcher watcher = Watcher();
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  Seal(2);
  const std::string whole = VersionFolder(repository_, "m", 2);
  const std::string aside = dir_.Path("aside");
  std::filesystem::rename(whole, aside);
  std::filesystem::create_directory(whole);
  for (const char* file : {"users.table", "items.table", "MANIFEST.json"}) {
    ASSERT_THAT(watcher.Look(&pool_), IsOk());
    EXPECT_THAT(Served(), ElementsAre(1));
    std::filesystem::copy_file(aside + "/" + file, whole + "/" + file);
  }
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(2, 1));
  EXPECT_THAT(errors_, SizeIs(1));
}

TEST_F(RepositoryWatcherTest, StartsWithTheLatestThatCanBeRead) {
  Seal(1);
  Seal(2);
  Damage(2);
  RepositoryWatcher watcher = Watcher();
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(1));
  EXPECT_THAT(errors_, SizeIs(1));
}

TEST_F(RepositoryWatcherTest, OldVersionsAreLetGoWhenNobodyHasThem) {
  RepositoryWatcher watcher = Watcher(/*keep=*/1);
  Seal(1);
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_TRUE(watcher.FreeRetired());
  auto pinned = *catalog_.Pin("m", {});
  const std::weak_ptr<const Version> first = pinned;
  Seal(2);
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(2));
  EXPECT_FALSE(watcher.FreeRetired());
  EXPECT_EQ(pinned->number(), 1);
  pinned = nullptr;
  EXPECT_FALSE(first.expired()) << "a request does not free it";
  EXPECT_TRUE(watcher.FreeRetired());
  EXPECT_TRUE(first.expired());
}

TEST_F(RepositoryWatcherTest, NoAnswerMixesVersionsWhileTheySwap) {
  Seal(1);
  RepositoryWatcher watcher = Watcher(/*keep=*/1);
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  std::atomic<bool> done = false;
  std::atomic<int> answers = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const auto version = catalog_.Pin("m", {});
        ASSERT_TRUE(version.ok());
        const auto answer =
            RunQuery(**version, "items", ItemRef{"users", "all"}, {.k = 20});
        ASSERT_TRUE(answer.ok());
        const std::string own = absl::StrCat("v", (*version)->number(), "-");
        for (const Hit& hit : answer->hits) {
          ASSERT_TRUE(absl::StartsWith(hit.id, own) || hit.id == "all");
        }
        ++answers;
      }
    });
  }
  for (int64_t number = 2; number <= 30; ++number) {
    Seal(number);
    ASSERT_THAT(watcher.Look(&pool_), IsOk());
    EXPECT_THAT(Served(), ElementsAre(number));
    watcher.FreeRetired();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_TRUE(watcher.FreeRetired());
  EXPECT_GT(answers, 0);
}

TEST_F(RepositoryWatcherTest, AVersionThatVanishesGoesOnServing) {
  Seal(1);
  RepositoryWatcher watcher = Watcher();
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  std::filesystem::remove_all(VersionFolder(repository_, "m", 1));
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(1));
  std::filesystem::remove_all(repository_);
  EXPECT_THAT(watcher.Look(&pool_), IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(Served(), ElementsAre(1));
}

TEST_F(RepositoryWatcherTest, StraysAreSaidOnce) {
  Seal(1);
  std::ofstream(repository_ + "/m/notes.txt") << "by hand";
  RepositoryWatcher watcher = Watcher();
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  ASSERT_THAT(watcher.Look(&pool_), IsOk());
  ASSERT_THAT(lines_, SizeIs(2));
  EXPECT_THAT(lines_[0], HasSubstr("m/notes.txt: is no version"));
}

TEST_F(RepositoryWatcherTest, ACancelledLoadIsNoFailure) {
  Seal(1);
  cancelled_ = true;
  RepositoryWatcher watcher = Watcher();
  EXPECT_THAT(watcher.Look(&pool_), IsStatus(StatusCode::kCancelled));
  EXPECT_THAT(errors_, IsEmpty());
  cancelled_ = false;
  EXPECT_THAT(watcher.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(1));
}

}  // namespace
}  // namespace akin::server
