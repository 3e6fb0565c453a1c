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
  const auto tensor = ParseLoad("m/t=f,tensor=a.b,c=1,format=fbin,ids=i");
  EXPECT_THAT(tensor, IsStatus(StatusCode::kInvalidArgument,
                               HasSubstr("option is \"c\"")));
  const auto named = ParseLoad("m/t=f,tensor=a.b,x,format=fbin,ids=i");
  ASSERT_THAT(named, IsOk());
  EXPECT_EQ(named->table.source.tensor, "a.b,x");
  EXPECT_EQ(named->table.source.format, "fbin");
  EXPECT_EQ(plain->table.source.tensor, "");
  EXPECT_EQ(plain->table.source.format, "");
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
  EXPECT_THAT(error("a/b=f,size=3"), HasSubstr("\"size\""));
  EXPECT_THAT(error("a/b=f,tensor="), HasSubstr("nothing behind tensor="));
  EXPECT_THAT(error("a/b=f,ids="), HasSubstr("nothing behind ids="));
  EXPECT_THAT(error("a/b=f,metric=dot,metric=l2"), HasSubstr("metric= twice"));
}

TEST(ParseLoad, AttributesHaveAFileAndTypes) {
  const auto load = ParseLoad(
      "m/t=f,attributes=a,b.jsonl,attribute_types=year:int,added:timestamp,"
      "metric=l2");
  ASSERT_THAT(load, IsOk());
  EXPECT_EQ(load->table.attributes.path, "a,b.jsonl");
  ASSERT_EQ(load->table.attributes.types.size(), 2u);
  EXPECT_EQ(load->table.attributes.types[1].name, "added");
  EXPECT_EQ(load->table.attributes.types[1].type, AttributeType::kTimestamp);
  EXPECT_EQ(load->table.read.table.metric, Metric::kL2);
  EXPECT_TRUE(ParseLoad("m/t=f")->table.attributes.path.empty());
  EXPECT_THAT(ParseLoad("m/t=f,attributes=a,attribute_types=year:integer"),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("attribute type is \"integer\"")));
  EXPECT_THAT(ParseLoad("m/t=f,attribute_types=year:int"),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("attribute_types= without attributes=")));
}

TEST(ParseChoices, ReadsEachAndNamesAllOfThem) {
  EXPECT_EQ(*ParseIndex("auto"), IndexChoice::kAuto);
  EXPECT_EQ(*ParseIndex("exact"), IndexChoice::kExact);
  EXPECT_EQ(*ParseIndex("graph"), IndexChoice::kGraph);
  EXPECT_EQ(*ParseUtf8Policy("strict"), Utf8Policy::kStrict);
  EXPECT_EQ(*ParseUtf8Policy("replace"), Utf8Policy::kReplace);
  EXPECT_EQ(*ParseUtf8Policy("ignore"), Utf8Policy::kIgnore);
  EXPECT_THAT(ParseUtf8Policy("Strict"),
              IsStatus(StatusCode::kInvalidArgument,
                       "unicode-errors is \"Strict\", expected strict, "
                       "replace or ignore"));
  EXPECT_EQ(*ParseOnBadRow("fail"), OnBadRow::kFail);
  EXPECT_EQ(*ParseOnBadRow("skip"), OnBadRow::kSkip);
  EXPECT_THAT(ParseOnBadRow(""),
              IsStatus(StatusCode::kInvalidArgument,
                       "on-bad-row is \"\", expected fail or skip"));
}

}  // namespace
}  // namespace akin
