#include "client/cli/import_args.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "client/cli/failure.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class ImportArgsTest : public ::testing::Test {
 protected:
  ImportArgsTest() {
    words_ = Write("words.txt", "a 1 2\n");
    flags_.model = "m";
    flags_.tables = {"words=" + words_};
  }

  std::string Write(const std::string& name, const std::string& text) const {
    return folder_.Write(name, text);
  }
  void ExpectRefused(const std::string& sentence) const {
    const auto args = ReadImportArgs(flags_);
    ASSERT_FALSE(args.ok());
    EXPECT_EQ(ExitCodeOf(args.status()), kExitUsage);
    EXPECT_THAT(std::string(args.status().message()), HasSubstr(sentence));
  }
  static void ExpectNoTable(const std::string& text,
                            const std::string& sentence) {
    const auto table = ParseTableArgument(text);
    ASSERT_FALSE(table.ok()) << text;
    EXPECT_EQ(ExitCodeOf(table.status()), kExitUsage);
    EXPECT_THAT(std::string(table.status().message()), HasSubstr(sentence));
    EXPECT_THAT(std::string(table.status().message()), HasSubstr("NAME=FILE"));
  }

  const TempDir folder_;
  std::string words_;
  ImportFlags flags_;
};

TEST_F(ImportArgsTest, ReadsATable) {
  auto table = ParseTableArgument("words=a/b.txt");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->table.name(), "words");
  EXPECT_EQ(table->files.path, "a/b.txt");
  EXPECT_EQ(table->files.ids_path, "");
  EXPECT_EQ(table->table.metric(), v1::METRIC_UNSPECIFIED);

  table = ParseTableArgument(
      "users=u.npy,ids=u.txt,metric=dot,index=graph,profile=compact");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->files.path, "u.npy");
  EXPECT_EQ(table->files.ids_path, "u.txt");
  EXPECT_EQ(table->table.metric(), v1::METRIC_DOT);
  EXPECT_EQ(table->table.index(), v1::INDEX_KIND_GRAPH);
  EXPECT_EQ(table->table.profile(), v1::PROFILE_COMPACT);

  table = ParseTableArgument(
      "items=m.safetensors,tensor=emb,attributes=a,b.csv,"
      "attribute_types=added:timestamp,genre:keyword_list,format=fbin");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->table.tensor(), "emb");
  EXPECT_EQ(table->table.format(), "fbin");
  EXPECT_EQ(table->files.attributes_path, "a,b.csv");
  EXPECT_EQ(table->table.attribute_types(),
            "added:timestamp,genre:keyword_list");

  // Commas and equal signs of file names.
  table = ParseTableArgument("w=a,b=1/c,d.txt,ids=e,f.txt,metric=l2");
  EXPECT_FALSE(table.ok());  // "b=" is no option
  table = ParseTableArgument("w=a=b,c d,1=2.txt,ids=e,f.txt,metric=l2");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->files.path, "a=b,c d,1=2.txt");
  EXPECT_EQ(table->files.ids_path, "e,f.txt");
  EXPECT_EQ(table->table.metric(), v1::METRIC_L2);
}

TEST_F(ImportArgsTest, RefusesWhatIsNoTable) {
  ExpectNoTable("", "no NAME=");
  ExpectNoTable("words", "no NAME=");
  ExpectNoTable("=file", "no NAME=");
  ExpectNoTable("words=", "no file");
  ExpectNoTable("words=\xff", "not UTF-8");
  ExpectNoTable("words=f,ids=", "nothing behind ids=");
  ExpectNoTable("words=f,metric=dot,metric=dot", "metric= twice");
  ExpectNoTable("words=f,attribute_types=a:int",
                "attribute_types= without attributes=");
  ExpectNoTable("words=f,attributes=", "nothing behind attributes=");
  ExpectNoTable("words=f,tensor=", "nothing behind tensor=");
  ExpectNoTable("words=f,metric=hamming",
                "metric is \"hamming\", expected one of cosine, dot, l2");
  ExpectNoTable("words=f,index=hnsw", "expected one of auto, exact, graph");
  ExpectNoTable("words=f,profile=small", "expected one of auto, fast, compact");
  ExpectNoTable("words=f,size=3", "option is \"size\"");
}

TEST_F(ImportArgsTest, DescribesTheFiles) {
  const std::string ids = Write("ids.txt", "x\n");
  flags_.tables.push_back("items=" + words_ + ",ids=" + ids);
  flags_.version = 7;
  flags_.training_run = "run 3";
  flags_.metadata = {"lr=0.1", "note=a=b"};
  flags_.golden_file = Write("golden", "{}\n");
  flags_.on_bad_row = "skip";
  const auto args = ReadImportArgs(flags_);
  ASSERT_TRUE(args.ok()) << args.status();
  const v1::ImportBegin& begin = args->begin;
  EXPECT_EQ(begin.model(), "m");
  EXPECT_EQ(begin.version(), 7);
  EXPECT_EQ(begin.training_run(), "run 3");
  EXPECT_EQ(begin.metadata().at("note"), "a=b");
  EXPECT_EQ(begin.golden_queries(), "{}\n");
  ASSERT_EQ(begin.tables_size(), 2);
  EXPECT_EQ(begin.tables(0).name(), "words");
  EXPECT_EQ(begin.tables(0).file_name(), "words.txt");
  EXPECT_EQ(begin.tables(0).file_bytes(), 6u);
  EXPECT_EQ(begin.tables(0).ids_bytes(), 0u);
  EXPECT_NE(begin.tables(0).stamp(), "");
  EXPECT_TRUE(begin.tables(0).skip_bad_rows());
  EXPECT_EQ(begin.tables(1).ids_file_name(), "ids.txt");
  EXPECT_EQ(begin.tables(1).ids_bytes(), 2u);
  EXPECT_EQ(begin.tables(1).attributes_bytes(), 0u);
  EXPECT_EQ(args->files.at("items").ids_path, ids);
}

TEST_F(ImportArgsTest, DescribesAttributes) {
  const std::string attributes = Write("a.csv", "id,year\na,1990\n");
  const auto without = ReadImportArgs(flags_);
  ASSERT_TRUE(without.ok()) << without.status();
  flags_.tables = {"words=" + words_ + ",attributes=" + attributes};
  const auto args = ReadImportArgs(flags_);
  ASSERT_TRUE(args.ok()) << args.status();
  const v1::ImportTable& table = args->begin.tables(0);
  EXPECT_EQ(table.attributes_file_name(), "a.csv");
  EXPECT_EQ(table.attributes_bytes(), 15u);
  EXPECT_NE(table.stamp(), without->begin.tables(0).stamp());
  EXPECT_NE(args->begin.import_id(), without->begin.import_id());
  flags_.tables = {"words=" + words_ + ",attributes=/none"};
  ExpectRefused("/none: cannot be read");
}

TEST_F(ImportArgsTest, TheSameCommandIsTheSameImport) {
  const auto id = [this] {
    const auto args = ReadImportArgs(flags_);
    return args.ok() ? args->begin.import_id() : "";
  };
  flags_.metadata = {"a=1", "b=2", "c=3"};
  const std::string first = id();
  EXPECT_THAT(first, MatchesRegex("auto-[0-9a-f]{16}"));
  EXPECT_EQ(id(), first);
  flags_.metadata = {"c=3", "b=2", "a=1"};
  EXPECT_EQ(id(), first);
  flags_.tables = {"words=" + words_ + ",metric=dot"};
  EXPECT_NE(id(), first);
  flags_.tables = {"words=" + words_};
  flags_.model = "n";
  EXPECT_NE(id(), first);
  flags_.model = "m";
  std::filesystem::last_write_time(
      words_,
      std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_NE(id(), first);
  flags_.import_id = "mine";
  EXPECT_EQ(id(), "mine");
}

TEST_F(ImportArgsTest, RefusesWhatMakesNoSense) {
  flags_.tables = {};
  ExpectRefused("at least one --table");
  flags_.tables = {"words=" + words_, "words=" + words_};
  ExpectRefused("named twice");
  flags_.tables = {"words=" + folder_.Path("none")};
  ExpectRefused("none: cannot be read: No such file");
  flags_.tables = {"words=" + folder_.Path("")};
  ExpectRefused("expected a regular file");
  flags_.tables = {"words=" + Write("empty", "")};
  ExpectRefused("an empty one");
  flags_.tables = {"words=" + words_ + ",ids=/none"};
  ExpectRefused("/none: cannot be read");
  flags_.tables = {"words=" + words_};
  flags_.metadata = {"x"};
  ExpectRefused("expected KEY=VALUE");
  flags_.metadata = {"=x"};
  ExpectRefused("expected KEY=VALUE");
  flags_.metadata = {"a=1", "a=2"};
  ExpectRefused("names a twice");
  flags_.metadata = {};
  flags_.golden_file = "/none";
  ExpectRefused("/none");
  flags_.golden_file = std::nullopt;
  flags_.import_id = "";
  ExpectRefused("--id");
  flags_.import_id = std::nullopt;
  for (const char* other : {"", "error", "Skip"}) {
    flags_.on_bad_row = other;
    ExpectRefused("--on-bad-row: expected fail or skip, got \"");
  }
  flags_.on_bad_row = "fail";
  EXPECT_FALSE(ReadImportArgs(flags_)->begin.tables(0).skip_bad_rows());
  flags_.model = "";
  ExpectRefused("name of a model");
}

}  // namespace
}  // namespace akin::client
