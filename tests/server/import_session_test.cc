// An import that goes on, is done, or is left alone.

#include "server/import_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/server/import_session_fixture.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(ImportSessionTest, TakesFilesInPartsAndSaysWhatIsOnTheDisk) {
  auto session = Open();
  ASSERT_THAT(session, IsOk());
  EXPECT_THAT(OffsetsOf(**session), ElementsAre(0, 0, 0, 0));
  const auto append = [&](auto... args) {
    const auto grown = (*session)->Append(Chunk(args...));
    EXPECT_THAT(grown, IsOk());
    return grown.ok() && *grown;
  };
  EXPECT_FALSE(append("words", false, 0, "a 1 2\n"));  // 6 of 8
  EXPECT_THAT(OffsetsOf(**session), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT((*session)->Complete(),
              IsStatus(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("table m/words: words.txt"),
                             HasSubstr("lacks 12 of 12 bytes"))));
  EXPECT_TRUE(append("items", true, 0, kIds));  // whole
  EXPECT_TRUE(append("words", false, 6, "b 3 4\n"));
  EXPECT_TRUE(append("items", false, 0, std::string(9, 'v')));  // over 8
  EXPECT_FALSE(append("items", false, 9, std::string(7, 'v')));
  EXPECT_THAT(OffsetsOf(**session), ElementsAre(12, 0, 9, 4));
  EXPECT_THAT((*session)->Complete(),
              IsStatus(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("items.npy"),
                             HasSubstr("lacks 21 of 30 bytes"))));
  EXPECT_TRUE(append("items", false, 16, std::string(14, 'v')));
  EXPECT_THAT((*session)->Complete(), IsOk());
  EXPECT_EQ(ReadFile(Folder() + "/words.vectors"), kVectors);
  EXPECT_EQ(ReadFile(Folder() + "/items.ids"), kIds);
  EXPECT_EQ((*session)->WithSendersNames(
                absl::StrCat("x ", Folder() + "/items.ids", ": line 2, ",
                             Folder() + "/words.vectors", ".")),
            "x items.ids: line 2, words.txt.");
}

TEST_F(ImportSessionTest, GoesOnAfterARestart) {
  {
    auto session = Open();
    ASSERT_THAT(session, IsOk());
    ASSERT_THAT((*session)->Append(Chunk("words", false, 0, "a 1 2\n")),
                IsOk());
    ASSERT_THAT((*session)->Append(Chunk("items", true, 0, kIds)), IsOk());
  }
  auto session = Open();
  ASSERT_THAT(session, IsOk());
  // What came and was not acknowledged is there too.
  EXPECT_THAT(OffsetsOf(**session), ElementsAre(6, 0, 0, 4));
  EXPECT_THAT((*session)->Append(Chunk("words", false, 0, "a")),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("expected 6")));
  EXPECT_THAT((*session)->Append(Chunk("words", false, 6, "b 3 4\n")), IsOk());
  EXPECT_EQ(ReadFile(Folder() + "/words.vectors"), kVectors);
}

TEST_F(ImportSessionTest, IsOfOneSessionAtATime) {
  auto first = Open();
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(
      Open(),
      IsStatus(StatusCode::kAborted,
               HasSubstr("another call is sending import night-1 of model m")));
  // Who has patience gets it when it is free.
  std::thread ends([&] { first->reset(); });
  EXPECT_THAT(ImportSession::Open(options_, Begin(), absl::Minutes(1)), IsOk());
  ends.join();
}

TEST_F(ImportSessionTest, RemembersThatItIsDone) {
  fs::create_directories(options_.repository + "/m/7");
  v1::ImportDone done;
  done.set_model("m");
  done.set_version(7);
  int published = 0;
  options_.published = [&] { ++published; };
  {
    auto session = Open();
    ASSERT_THAT(session, IsOk());
    ASSERT_THAT((*session)->Append(Chunk("words", false, 0, kVectors)), IsOk());
    EXPECT_EQ(published, 0);
    ASSERT_THAT((*session)->SetDone(done), IsOk());
    EXPECT_EQ(published, 1);
    EXPECT_FALSE(fs::exists(Folder() + "/words.vectors"));
  }
  {
    auto session = Open();
    ASSERT_THAT(session, IsOk());
    ASSERT_TRUE((*session)->done().has_value());
    EXPECT_EQ((*session)->done()->version(), 7);
    EXPECT_THAT(OffsetsOf(**session), ElementsAre());
  }
  v1::ImportBegin other = Begin();
  other.mutable_tables(0)->set_metric(v1::METRIC_DOT);
  EXPECT_THAT(Open(other), IsStatus(StatusCode::kFailedPrecondition,
                                    HasSubstr("as version 7")));
  // Whose version was removed is begun anew.
  fs::remove(options_.repository + "/m/7");
  auto again = Open();
  ASSERT_THAT(again, IsOk());
  EXPECT_FALSE((*again)->done().has_value());
  EXPECT_THAT(OffsetsOf(**again), ElementsAre(0, 0, 0, 0));
}

TEST_F(ImportSessionTest, RemovesWhatNobodyGoesOnWith) {
  ASSERT_THAT(Open(), IsOk());
  v1::ImportBegin held = Begin();
  held.set_import_id("held");
  const auto holder = Open(held);
  ASSERT_THAT(holder, IsOk());
  v1::ImportBegin young = Begin();
  young.set_import_id("young");
  ASSERT_THAT(Open(young), IsOk());
  const std::string model_folder = options_.repository + "/m";
  fs::create_directory(model_folder + "/.import-killed~");
  fs::create_directory(model_folder + "/.other");
  for (const char* name : {"night-1", "held", "killed~"}) {
    Age(absl::StrCat(model_folder, "/.import-", name),
        kImportKept + absl::Hours(1));
  }
  Age(model_folder + "/.other", absl::Hours(1000));
  Age(model_folder + "/.import-young", kImportKept - absl::Hours(1));
  // Nor in other models, of which no import may come any more; links and
  // what is no model lead nowhere.
  const auto make_old = [&](const std::string& parent) {
    fs::create_directories(parent + "/.import-old");
    std::ofstream(parent + "/.import-old/begin") << "x";
    Age(parent + "/.import-old", kImportKept + absl::Hours(1));
  };
  make_old(options_.repository + "/other");
  make_old(options_.repository + "/.hidden");
  make_old(dir_.Path("outside"));
  fs::create_directory_symlink(dir_.Path("outside"),
                               options_.repository + "/linked");
  std::ofstream(options_.repository + "/file") << "x";
  v1::ImportBegin next = Begin();
  next.set_import_id("next");
  ASSERT_THAT(Open(next), IsOk());
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(model_folder)) {
    left.push_back(entry.path().filename());
  }
  std::sort(left.begin(), left.end());
  EXPECT_THAT(left, ElementsAre(".import-held", ".import-next", ".import-young",
                                ".other"));
  EXPECT_FALSE(fs::exists(options_.repository + "/other/.import-old"));
  EXPECT_TRUE(fs::exists(options_.repository + "/.hidden/.import-old"));
  EXPECT_TRUE(fs::exists(dir_.Path("outside/.import-old")));
}

TEST_F(ImportSessionTest, GoesOnWithItsOwnHoweverOld) {
  {
    auto session = Open();
    ASSERT_THAT(session, IsOk());
    ASSERT_THAT((*session)->Append(Chunk("words", false, 0, "a 1")), IsOk());
  }
  Age(Folder(), kImportKept * 3);
  auto session = Open();
  ASSERT_THAT(session, IsOk());
  EXPECT_THAT(OffsetsOf(**session), ElementsAre(3, 0, 0, 0));
}

TEST_F(ImportSessionTest, BeginsAFileAnewThatIsTooLong) {
  ASSERT_THAT(Open(), IsOk());
  std::ofstream(Folder() + "/words.vectors") << std::string(13, 'x');
  auto session = Open();
  ASSERT_THAT(session, IsOk());
  EXPECT_THAT(OffsetsOf(**session), ElementsAre(0, 0, 0, 0));
}

TEST_F(ImportSessionTest, RemoveLeavesNothing) {
  auto session = Open();
  ASSERT_THAT(session, IsOk());
  (*session)->Remove();
  EXPECT_TRUE(fs::is_empty(options_.repository + "/m"));
  // While the first still has its lock.
  EXPECT_THAT(Open(), IsOk());
}

}  // namespace
}  // namespace akin::server
