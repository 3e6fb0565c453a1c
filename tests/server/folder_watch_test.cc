#include "server/folder_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/server/keeper_fixture.h"

namespace akin::server {
namespace {

using ::testing::HasSubstr;

class FolderWatchTest : public KeeperFixture {
 protected:
  std::string Folder(int64_t version) const {
    return VersionFolder(repository_, "m", version);
  }

  FolderWatch watch_{repository_};
};

TEST_F(FolderWatchTest, SaysThatItIsGoneAndThatItIsBack) {
  Seal(1);
  EXPECT_EQ(watch_.Check("m", 1), "") << "nobody has loaded it";
  watch_.Begin("m", 1);
  EXPECT_EQ(watch_.Check("m", 1), "");
  std::filesystem::rename(Folder(1), dir_.Path("aside"));
  EXPECT_THAT(watch_.Check("m", 1), HasSubstr("is gone from the repository"));
  std::filesystem::rename(dir_.Path("aside"), Folder(1));
  EXPECT_EQ(watch_.Check("m", 1), "");
  // Without a manifest it is no version.
  std::filesystem::remove(Folder(1) + "/MANIFEST.json");
  EXPECT_THAT(watch_.Check("m", 1), HasSubstr("is gone"));
  std::filesystem::remove_all(repository_);
  EXPECT_THAT(watch_.Check("m", 1), HasSubstr("is gone"));
}

TEST_F(FolderWatchTest, SaysThatItWasMadeAgain) {
  Seal(1);
  watch_.Begin("m", 1);
  std::filesystem::remove_all(Folder(1));
  Seal(1);
  EXPECT_EQ(watch_.Check("m", 1), "") << "of the same files";
  std::filesystem::remove_all(Folder(1));
  Seal(2);
  std::filesystem::rename(Folder(2), Folder(1));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(watch_.Check("m", 1), HasSubstr("made again"));
  }
  watch_.Begin("m", 1);
  EXPECT_EQ(watch_.Check("m", 1), "") << "now this is what is loaded";
  // What cannot be read yet says nothing.
  std::ofstream(Folder(1) + "/MANIFEST.json") << "{";
  EXPECT_EQ(watch_.Check("m", 1), "");
}

TEST_F(FolderWatchTest, KeepsWhatIsLoaded) {
  for (const int64_t number : {1, 2}) {
    Seal(number);
    watch_.Begin("m", number);
  }
  Seal(1, "other");
  watch_.Begin("other", 1);
  watch_.Keep("m", {2});
  std::filesystem::remove_all(repository_);
  EXPECT_EQ(watch_.Check("m", 1), "");
  EXPECT_THAT(watch_.Check("m", 2), HasSubstr("is gone"));
  EXPECT_THAT(watch_.Check("other", 1), HasSubstr("is gone"));
}

}  // namespace
}  // namespace akin::server
