#include "index/base/file_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

TEST(FileLock, ExcludesOthersOfTheSameProgramUntilItGoes) {
  const TempDir dir;
  const std::string path = dir.Path("lock");
  {
    const auto held = FileLock::Take(path, absl::ZeroDuration());
    ASSERT_THAT(held, IsOk());
    EXPECT_THAT(FileLock::Take(path, absl::ZeroDuration()),
                IsStatus(StatusCode::kAborted, HasSubstr("held by another")));
  }
  EXPECT_THAT(FileLock::Take(path, absl::ZeroDuration()), IsOk());
  EXPECT_TRUE(std::filesystem::exists(path)) << "the file stays";
}

TEST(FileLock, MovesWithWhoHoldsIt) {
  const TempDir dir;
  const std::string path = dir.Path("lock");
  FileLock kept;
  {
    auto taken = FileLock::Take(path, absl::ZeroDuration());
    ASSERT_THAT(taken, IsOk());
    FileLock moved(*std::move(taken));
    kept = std::move(moved);
  }
  EXPECT_THAT(FileLock::Take(path, absl::ZeroDuration()),
              IsStatus(StatusCode::kAborted));
  kept = FileLock();
  EXPECT_THAT(FileLock::Take(path, absl::ZeroDuration()), IsOk());
}

TEST(FileLock, WhoWaitsHasItAlone) {
  const TempDir dir;
  const std::string path = dir.Path("lock");
  std::atomic<int> inside{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) {
        const auto lock = FileLock::Take(path, absl::Minutes(1));
        ASSERT_THAT(lock, IsOk());
        EXPECT_EQ(++inside, 1);
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(FileLock, SaysWhereThereIsNoPlaceForIt) {
  const TempDir dir;
  EXPECT_THAT(FileLock::Take(dir.Path("no/lock"), absl::Minutes(1)),
              IsStatus(StatusCode::kNotFound, HasSubstr("no/lock")));
  const std::string file = dir.Write("file", "x");
  EXPECT_THAT(
      FileLock::Take(file + "/lock", absl::Minutes(1)),
      IsStatus(StatusCode::kFailedPrecondition, HasSubstr("cannot be opened")));
}

}  // namespace
}  // namespace akin
