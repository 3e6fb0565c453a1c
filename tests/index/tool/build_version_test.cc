#include "index/tool/build_version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/tool/build_report.h"
#include "index/version/repository.h"
#include "index/version/sealed_version.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kGolden[] =
    R"({"table": "words", "id": "man", "expect": ["boy"], "within": 1})";

class BuildVersionTest : public testing::Test {
 protected:
  BuildVersionTest() {
    spec_.repository = dir_.Path("repo");
    spec_.model = "royal";
    std::string text;
    for (const auto& [id, values] : RoyalRows()) {
      absl::StrAppend(&text, id, " ", values[0], " ", values[1], " ", values[2],
                      "\n");
    }
    AddTable("words", text);
  }
  void AddTable(const std::string& name, const std::string& text) {
    TableSpec& table = spec_.tables.emplace_back();
    table.name = name;
    table.source.path = dir_.Write(name + ".txt", text);
  }
  absl::StatusOr<Manifest> Build() {
    return BuildVersion(spec_, &pool_, hooks_);
  }
  std::vector<int64_t> Versions() {
    const auto models = ListRepository(spec_.repository);
    return models.ok() && !models->empty() ? models->at(0).versions
                                           : std::vector<int64_t>();
  }
  // All that a failed build may leave.
  void ExpectNothingLeft() {
    if (!fs::exists(spec_.repository)) return;
    for (const auto& model : fs::directory_iterator(spec_.repository)) {
      for (const auto& entry : fs::directory_iterator(model)) {
        EXPECT_EQ(entry.path().filename(), ".lock");
      }
    }
  }

  TempDir dir_;
  WorkerPool pool_{1};
  VersionSpec spec_;
  BuildHooks hooks_;
};

TEST_F(BuildVersionTest, SealsWhatItWasGiven) {
  spec_.training_run = "run 7";
  spec_.metadata = {{"lr", "0.1"}};
  spec_.golden_queries = kGolden;
  const auto manifest = Build();
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(manifest->version, 1);
  EXPECT_THAT(Versions(), ElementsAre(1));
  const std::string folder = VersionFolder(spec_.repository, "royal", 1);
  const auto read = ReadManifest(folder);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->training_run, "run 7");
  EXPECT_EQ(read->metadata.at("lr"), "0.1");
  EXPECT_GT(read->created_unix_seconds, 0);
  EXPECT_EQ(*ReadGoldenQueries(folder, *read), kGolden);
  EXPECT_THAT(OpenVersion(folder, "royal", 1, &pool_), IsOk());
  ASSERT_THAT(Build(), IsOk());
  spec_.version = 9;
  ASSERT_THAT(Build(), IsOk());
  EXPECT_THAT(Versions(), ElementsAre(1, 2, 9));
  EXPECT_THAT(Build(), IsStatus(StatusCode::kAlreadyExists));
}

TEST_F(BuildVersionTest, AttributesAreSealedAndAmongTheSources) {
  spec_.tables[0].attributes.path =
      dir_.Write("about.csv", "id,age\nking,70\nqueen,69\n");
  const auto manifest = Build();
  ASSERT_THAT(manifest, IsOk());
  const TableManifest& words = manifest->tables.at(0);
  ASSERT_THAT(words.sources, SizeIs(2));
  EXPECT_EQ(words.sources[1].name, "about.csv");
  EXPECT_THAT(words.sources[1].sha256, SizeIs(64));
  ASSERT_THAT(words.attributes, SizeIs(1));
  EXPECT_EQ(words.attributes[0].type, AttributeType::kInt);
  EXPECT_EQ(words.attributes[0].rows, 2u);
  EXPECT_EQ(words.report.attributes->rows, 2u);

  spec_.tables[0].attributes.path = dir_.Write("other.csv", "id,age\nx,1\n");
  EXPECT_THAT(Build(),
              IsStatus(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("table royal/words: "),
                             HasSubstr("other.csv: 1 id that table words does "
                                       "not have: \"x\" in line 2"))));
  spec_.tables[0].read.on_bad_row = OnBadRow::kSkip;
  spec_.tables[0].attributes.path =
      dir_.Write("some.csv", "id,age\nx,1\nman,2\n");
  const auto skipped = Build();
  ASSERT_THAT(skipped, IsOk());
  EXPECT_EQ(skipped->tables.at(0).report.attributes->unknown_ids, 1u);
}

TEST_F(BuildVersionTest, SourcesAreNamedAsTheyEndOrAsTheyAreSaidToBe) {
  TableSpec abc;
  abc.name = "abc";
  abc.source.path = dir_.Write("part-1", "a 1 2 3\n");
  abc.source_name = "trained.vec";
  spec_.tables.push_back(abc);
  const auto manifest = Build();
  ASSERT_THAT(manifest, IsOk());
  const TableManifest& words = manifest->tables.at(0);
  ASSERT_THAT(words.sources, SizeIs(1));
  EXPECT_EQ(words.sources[0].name, "words.txt");
  EXPECT_EQ(words.report.source, "words.txt");
  const TableManifest& named = manifest->tables.at(1);
  ASSERT_THAT(named.sources, SizeIs(1));
  EXPECT_EQ(named.sources[0].name, "trained.vec");
  EXPECT_EQ(named.report.source, "trained.vec");
  EXPECT_EQ(named.sources[0].bytes, 8u);
  // printf 'a 1 2 3\n' | sha256sum
  EXPECT_EQ(named.sources[0].sha256,
            "828802e8d57822dea5f839cf7e3595db32e05961f364b503eb0fcb8c3cc26a01");
}

TEST_F(BuildVersionTest, SaysWhereItIs) {
  std::vector<std::string> said;
  hooks_.step = [&](BuildStep step, int64_t version) {
    said.push_back(absl::StrCat(BuildStepName(step), " ", version));
  };
  hooks_.progress = [&](const LoadProgress& progress) {
    EXPECT_EQ(progress.table, "words");
    if (said.back() != "progress") said.emplace_back("progress");
    return true;
  };
  hooks_.loaded = [&](const Version& version) {
    EXPECT_EQ(version.number(), 4);
    EXPECT_THAT(Versions(), IsEmpty());
    said.emplace_back("loaded");
  };
  spec_.version = 4;
  spec_.golden_queries = kGolden;
  ASSERT_THAT(Build(), IsOk());
  EXPECT_THAT(said, ElementsAre("reading the trained files for their sums 0",
                                "building 4", "progress", "loaded", "sealing 4",
                                "reading it back 4",
                                "asking the golden queries 4", "publishing 4"));
}

TEST_F(BuildVersionTest, CanBeCancelledInEveryStep) {
  spec_.golden_queries = kGolden;
  int calls = 0;
  int while_sealing = 0;
  BuildStep step = BuildStep::kDescribing;
  hooks_.step = [&](BuildStep begun, int64_t) { step = begun; };
  hooks_.cancelled = [&] {
    ++calls;
    if (step == BuildStep::kSealing) ++while_sealing;
    return false;
  };
  ASSERT_THAT(Build(), IsOk());
  fs::remove_all(spec_.repository);
  const int all = calls;
  EXPECT_GT(all, 7);
  EXPECT_GT(while_sealing, 3);  // for each section
  for (int until = 1; until <= all; ++until) {
    calls = 0;
    hooks_.cancelled = [&] { return ++calls >= until; };
    EXPECT_THAT(Build(), IsStatus(StatusCode::kCancelled)) << until;
    EXPECT_THAT(Versions(), IsEmpty());
    ExpectNothingLeft();
  }
  hooks_.cancelled = nullptr;
  hooks_.progress = [](const LoadProgress&) { return false; };
  EXPECT_THAT(Build(), IsStatus(StatusCode::kCancelled));
}

TEST_F(BuildVersionTest, AVersionThatFailsItsGoldenQueriesIsNotPublished) {
  spec_.golden_path = "words/golden.jsonl";
  spec_.golden_queries =
      R"({"table": "words", "id": "man", "expect": ["king"], "within": 1})";
  EXPECT_THAT(
      Build(),
      IsStatus(StatusCode::kFailedPrecondition,
               "words/golden.jsonl: 1 of 1 golden queries failed: golden query "
               "line 1 (man in words): king is not among the first 1 (exact "
               "rank 2)"));
  EXPECT_THAT(Versions(), IsEmpty());
  ExpectNothingLeft();
}

TEST_F(BuildVersionTest, GoldenQueriesThatAreNoneEndItAtOnce) {
  hooks_.step = [](BuildStep, int64_t) { ADD_FAILURE() << "has begun"; };
  spec_.golden_path = "g";
  spec_.golden_queries = "king";
  EXPECT_THAT(Build(), IsStatus(StatusCode::kInvalidArgument,
                                StartsWith("g:1: expected a JSON object")));
  AddTable("people", "elizabeth 1 2 3\n");
  spec_.golden_queries = absl::StrCat(
      kGolden, "\n", R"({"table": "items", "id": "man", "expect": ["boy"]})");
  EXPECT_THAT(Build(), IsStatus(StatusCode::kInvalidArgument,
                                "g:2: expected one of the tables words, "
                                "people, found items"));
  for (const char* none : {"", "\n", "# to be written\n"}) {
    spec_.golden_queries = none;
    EXPECT_THAT(Build(),
                IsStatus(StatusCode::kInvalidArgument,
                         "g: expected at least one golden query, found none"));
  }
  spec_.golden_queries =
      R"({"table":"words","query_table":"users","id":"a","expect":["boy"]})";
  EXPECT_THAT(Build(),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("found users")));
  EXPECT_FALSE(fs::exists(spec_.repository));
}

TEST_F(BuildVersionTest, AFileThatChangesMeanwhileIsNotSealed) {
  hooks_.loaded = [&](const Version&) {
    std::ofstream(spec_.tables[0].source.path, std::ios::app) << "duke 1 1 1\n";
  };
  EXPECT_THAT(Build(),
              IsStatus(StatusCode::kAborted, HasSubstr("has changed while")));
  EXPECT_THAT(Versions(), IsEmpty());
  ExpectNothingLeft();
}

TEST_F(BuildVersionTest, BadFilesLeaveNothing) {
  AddTable("bad", "a 1 2 3\nb 1 2 nan\n");
  EXPECT_THAT(Build(), IsStatus(StatusCode::kInvalidArgument,
                                HasSubstr("table royal/bad: ")));
  ExpectNothingLeft();
  spec_.tables[1].source.path = dir_.Path("none.txt");
  EXPECT_THAT(Build(), IsStatus(StatusCode::kNotFound, HasSubstr("none.txt")));
  ExpectNothingLeft();
}

TEST_F(BuildVersionTest, TheReportSaysWhatWasExpectedAndWhatItTook) {
  std::string text;
  for (const auto& [id, values] : RandomRows(300, 3, 1)) {
    absl::StrAppend(&text, id, " ", values[0], " ", values[1], " ", values[2],
                    "\n");
  }
  AddTable("graph", text);
  spec_.tables[0].index = IndexChoice::kExact;
  spec_.tables[1].index = IndexChoice::kGraph;
  BuildReport report;
  double bytes = 0;
  size_t expected = 0;
  hooks_.step = [&](BuildStep step, int64_t) { report.Step(step); };
  hooks_.progress = [&](const LoadProgress& progress) {
    report.Progress(progress);
    if (progress.plan != nullptr) expected = progress.plan->bytes_per_vector();
    return true;
  };
  hooks_.loaded = [&](const Version& version) {
    report.Loaded(version);
    bytes = version.tables()[1]->bytes_per_vector();
  };
  ASSERT_THAT(Build(), IsOk());
  const std::vector<std::string> lines = report.Lines();
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[0], AllOf(StartsWith("words: "),
                              HasSubstr(" bytes a vector; read in ")));
  EXPECT_THAT(
      lines[1],
      AllOf(StartsWith(absl::StrFormat("graph: %.0f bytes a vector (%d "
                                       "expected of the graph), ",
                                       bytes, expected)),
            HasSubstr(" MiB expected beside it while it was built; read in "),
            HasSubstr(" s, graph in "), HasSubstr(" s, measured in ")));
  EXPECT_THAT(lines[2],
              AllOf(HasSubstr(" s in all (reading the trained files "),
                    HasSubstr(", reading it back "),
                    HasSubstr(" MiB of memory at most")));
  EXPECT_GT(PeakMemory(), uint64_t{1} << 20);
}

}  // namespace
}  // namespace akin
