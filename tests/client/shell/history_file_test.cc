#include "client/cli/shell/history_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(HistoryFile, IsItsOwnersAlone) {
  const TempDir dir;
  const std::string path = dir.Path("new/folder/history");
  const HistoryFile history(path);
  EXPECT_THAT(history.Load(), IsEmpty());
  history.Append("models");
  history.Append("get 'Toy Story'");
  EXPECT_THAT(HistoryFile(path).Load(),
              ElementsAre("models", "get 'Toy Story'"));
  struct stat status;
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(HistoryFile, KeepsTheLastLines) {
  const TempDir dir;
  std::string text;
  for (int i = 0; i < 1003; ++i) absl::StrAppend(&text, "line ", i, "\n");
  const std::string path = dir.Write("history", text);
  // Once from the long file, once from what is left of it.
  for (int i = 0; i < 2; ++i) {
    const auto lines = HistoryFile(path).Load();
    ASSERT_EQ(lines.size(), 1000u);
    EXPECT_EQ(lines.front(), "line 3");
    EXPECT_EQ(lines.back(), "line 1002");
  }
  struct stat status;
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_size,
            static_cast<off_t>(text.size() - sizeof("line 0\n") * 3 + 3));
}

TEST(HistoryFile, WhereNothingCanBeWrittenThereIsNone) {
  const TempDir dir;
  const HistoryFile history(dir.Write("file", "") + "/history");
  history.Append("models");
  EXPECT_THAT(history.Load(), IsEmpty());
  HistoryFile("").Append("models");
}

TEST(HistoryPath, IsInTheUsersStateFolder) {
  setenv("HOME", "/home/ada", 1);
  setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(HistoryPath(), "/state/akin/history");
  setenv("XDG_STATE_HOME", "relative", 1);
  EXPECT_EQ(HistoryPath(), "/home/ada/.local/state/akin/history");
  unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(HistoryPath(), "/home/ada/.local/state/akin/history");
  unsetenv("HOME");
  EXPECT_EQ(HistoryPath(), "");
}

}  // namespace
}  // namespace akin::client
