#include "index/tool/table_argument.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ParseLoad, TakesItApart) {
  const auto plain = ParseLoad("glove/words=dir/glove.6B.txt");
  ASSERT_THAT(plain, IsOk());
  EXPECT_EQ(plain->model, "glove");
  EXPECT_EQ(plain->table.name, "words");
  EXPECT_EQ(plain->table.source.path, "dir/glove.6B.txt");
  EXPECT_EQ(plain->table.read.table.metric, Metric::kCosine);
  EXPECT_EQ(plain->table.index, IndexChoice::kAuto);

  EXPECT_EQ(plain->table.profile, Profile::kAuto);

  const auto full = ParseLoad(
      "m/users=u.npy,ids=u.txt,metric=dot,index=graph,profile=compact");
  ASSERT_THAT(full, IsOk());
  EXPECT_EQ(full->table.source.path, "u.npy");
  EXPECT_EQ(full->table.source.ids_path, "u.txt");
  EXPECT_EQ(full->table.read.table.metric, Metric::kDot);
  EXPECT_EQ(full->table.index, IndexChoice::kGraph);
  EXPECT_EQ(full->table.profile, Profile::kCompact);
  EXPECT_EQ(ParseLoad("m/t=f,profile=fast")->table.profile, Profile::kFast);
  EXPECT_EQ(ParseLoad("m/t=f,profile=auto")->table.profile, Profile::kAuto);
}

TEST(ParseLoad, FileNamesMayHoldCommasSlashesAndEqualSigns) {
  const auto load = ParseLoad("m/t=/data/a,b=c=d/e, f.txt,ids=x,y.txt");
  EXPECT_THAT(load, IsStatus(StatusCode::kInvalidArgument,
                             HasSubstr("option is \"b\"")));
  const auto commas = ParseLoad("m/t=/data/a, b/e=1.txt,ids=x,y.txt");
  ASSERT_THAT(commas, IsOk());
  EXPECT_EQ(commas->table.source.path, "/data/a, b/e=1.txt");
  EXPECT_EQ(commas->table.source.ids_path, "x,y.txt");
}

TEST(ParseLoad, SaysWhatIsWrong) {
  const auto error = [](absl::string_view text) {
    const auto load = ParseLoad(text);
    EXPECT_EQ(load.status().code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(
        std::string(load.status().message()),
        AllOf(HasSubstr(std::string(text)), HasSubstr("model/table=FILE")));
    return std::string(load.status().message());
  };
  error("");
  error("words.txt");
  error("glove=words.txt");
  error("=x");
  EXPECT_THAT(error("a/b="), HasSubstr("no file"));
  EXPECT_THAT(error("/b=f"), HasSubstr("model name"));
  EXPECT_THAT(error("a/=f"), HasSubstr("table name"));
  EXPECT_THAT(error("a/b/c=f"), HasSubstr("table name"));
  EXPECT_THAT(error("../b=f"), HasSubstr("model name"));
  EXPECT_THAT(error("a/b=f,metric=hamming"),
              HasSubstr("expected cosine, dot or l2"));
  EXPECT_THAT(error("a/b=f,index=ivf"),
              HasSubstr("expected auto, exact or graph"));
  EXPECT_THAT(
      error("a/b=f,profile=small"),
      HasSubstr("profile is \"small\", expected auto, fast or compact"));
  EXPECT_THAT(error("a/b=f,format=npy"), HasSubstr("\"format\""));
  EXPECT_THAT(error("a/b=f,ids="), HasSubstr("nothing behind ids="));
  EXPECT_THAT(error("a/b=f,metric=dot,metric=l2"), HasSubstr("metric= twice"));
}

}  // namespace
}  // namespace akin
