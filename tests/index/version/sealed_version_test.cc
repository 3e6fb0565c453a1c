#include "index/version/sealed_version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/query/run_query.h"
#include "index/version/load_version.h"
#include "tests/index/version/sealed_version_fixture.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::HasSubstr;
using ::testing::Not;

void ExpectSameAnswers(const Version& a, const Version& b,
                       const std::string& table) {
  const size_t rows = (*a.FindTable(table))->table().rows();
  for (size_t i = 0; i < rows; i += 7) {
    for (const bool exact : {false, true}) {
      SearchOptions options;
      options.k = 10;
      options.exact = exact;
      options.return_vectors = true;
      const std::string id = absl::StrCat("r", i);
      const auto before = RunQuery(a, table, ItemRef{"", id}, options);
      const auto after = RunQuery(b, table, ItemRef{"", id}, options);
      ASSERT_THAT(before, IsOk());
      ASSERT_THAT(after, IsOk());
      ASSERT_EQ(before->hits.size(), after->hits.size());
      EXPECT_EQ(before->stats.distances, after->stats.distances);
      for (size_t j = 0; j < before->hits.size(); ++j) {
        EXPECT_EQ(before->hits[j].id, after->hits[j].id);
        EXPECT_EQ(before->hits[j].score, after->hits[j].score);
        EXPECT_EQ(before->hits[j].vector, after->hits[j].vector);
      }
    }
  }
}

TEST_F(SealedVersionTest, AnswersAsBeforeInEveryLayoutAndMetric) {
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const auto version = Load({
        Spec("exact", 200, 20, metric, IndexChoice::kExact),
        Spec("flat", 500, 20, metric, IndexChoice::kGraph),
        Spec("compact", 500, 20, metric, IndexChoice::kGraph,
             Profile::kCompact),
    });
    const auto opened = Open(Seal(*version));
    ASSERT_THAT(opened, IsOk());
    const auto rows =
        Load({Spec("rows", 500, 100, metric, IndexChoice::kGraph)});
    const auto opened_rows = Open(Seal(*rows));
    ASSERT_THAT(opened_rows, IsOk());
    EXPECT_THAT((*opened_rows)->tables()[0]->report().layout,
                HasSubstr("rows: "));
    for (const auto& [before, after] :
         {std::pair{version, *opened}, {rows, *opened_rows}}) {
      for (const auto& table : before->tables()) {
        SCOPED_TRACE(
            absl::StrCat(MetricName(metric), " ", table->table().name()));
        ExpectSameAnswers(*before, *after, table->table().name());
        const auto again = after->FindTable(table->table().name());
        ASSERT_THAT(again, IsOk());
        EXPECT_EQ((*again)->memory_bytes(), table->memory_bytes());
        EXPECT_EQ((*again)->index().kind(), table->index().kind());
      }
    }
  }
}

TEST_F(SealedVersionTest, TheManifestSaysWhatItIs) {
  const auto version =
      Load({Spec("a", 300, 8, Metric::kCosine, IndexChoice::kGraph),
            Spec("b", 50, 8, Metric::kDot, IndexChoice::kExact)});
  SealFacts facts;
  facts.created_unix_seconds = 1'700'000'000;
  facts.training_run = "run \"7\"\n";
  facts.metadata = {{"lr", "0.1"}, {"\xff", "not UTF-8"}};
  facts.sources["a"] = {{"a.txt", 77, std::string(64, 'e')}};
  const std::string folder = Seal(*version, facts);
  const auto manifest = ReadManifest(folder);
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(manifest->model, "m");
  EXPECT_EQ(manifest->version, 3);
  EXPECT_EQ(manifest->created_unix_seconds, 1'700'000'000);
  EXPECT_EQ(manifest->training_run, "run \"7\"\n");
  EXPECT_EQ(manifest->metadata.at("lr"), "0.1");
  ASSERT_EQ(manifest->tables.size(), 2u);
  const TableManifest& a = manifest->tables[0];
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.rows, 300u);
  EXPECT_EQ(a.dimension, 8u);
  EXPECT_EQ(a.sources.at(0).sha256, std::string(64, 'e'));
  EXPECT_EQ(a.report.format, "GloVe text");
  const Calibration& curves = *version->tables()[0]->index().calibration();
  ASSERT_EQ(a.calibration.curves().size(), curves.curves().size());
  for (size_t i = 0; i < curves.curves().size(); ++i) {
    const RecallCurve& before = curves.curves()[i];
    const RecallCurve& after = a.calibration.curves()[i];
    EXPECT_EQ(before.query_table, after.query_table);
    ASSERT_EQ(before.points.size(), after.points.size());
    EXPECT_EQ(before.points.back().recall, after.points.back().recall);
    EXPECT_EQ(before.points.back().effort, after.points.back().effort);
  }
  EXPECT_EQ(manifest->tables[1].metric, Metric::kDot);
  EXPECT_TRUE(manifest->tables[1].calibration.empty());
  EXPECT_THAT(VerifyVersion(folder, &pool_), IsOk());
}

TEST_F(SealedVersionTest, AttributesAreKept) {
  const auto version = Load(
      {WithAttributes(Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact)),
       Spec("b", 20, 3, Metric::kCosine, IndexChoice::kExact)});
  const std::string folder = Seal(*version);
  const auto opened = Open(folder);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ((*opened)->tables()[1]->attributes(), nullptr);
  const IndexedTable& before = *version->tables()[0];
  const IndexedTable& after = *(*opened)->tables()[0];
  ASSERT_NE(after.attributes(), nullptr);
  EXPECT_EQ(after.memory_bytes(), before.memory_bytes());
  EXPECT_EQ(after.bytes_per_vector(), before.bytes_per_vector());
  EXPECT_EQ(after.report().attributes, before.report().attributes);
  EXPECT_EQ(after.report().attributes->rows, 5u);
  EXPECT_EQ(after.report().attributes->source, "a.csv");
  const AttributeColumn* year = after.attributes()->Find("year");
  ASSERT_NE(year, nullptr);
  EXPECT_EQ(year->type(), AttributeType::kInt);
  std::vector<AttributeValue> values;
  year->AppendValues(*after.table().ids().Find("r1"), &values);
  EXPECT_THAT(values, testing::ElementsAre(AttributeValue(int64_t{1990})));

  const auto manifest = ReadManifest(folder);
  ASSERT_THAT(manifest, IsOk());
  EXPECT_THAT(manifest->tables[0].attributes,
              testing::ElementsAre(
                  AttributeManifest{"genre", AttributeType::kKeyword, 2, 2},
                  AttributeManifest{"tags", AttributeType::kKeywordList, 2, 2},
                  AttributeManifest{"year", AttributeType::kInt, 2, 0},
                  AttributeManifest{"rating", AttributeType::kFloat, 2, 0},
                  AttributeManifest{"seen", AttributeType::kBool, 5, 0},
                  AttributeManifest{"added", AttributeType::kTimestamp, 2, 0}));
  EXPECT_TRUE(manifest->tables[1].attributes.empty());
  EXPECT_THAT(VerifyVersion(folder, &pool_), IsOk());
}

TEST_F(SealedVersionTest, GoldenQueriesAreKeptAsTheyAre) {
  const auto version =
      Load({Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact)});
  std::string folder = Seal(*version);
  auto manifest = ReadManifest(folder);
  ASSERT_THAT(manifest, IsOk());
  EXPECT_FALSE(manifest->golden_queries.has_value());
  EXPECT_FALSE(fs::exists(folder + "/golden.jsonl"));
  EXPECT_THAT(Contents(folder + "/MANIFEST.json"), Not(HasSubstr("golden")));
  EXPECT_EQ(*ReadGoldenQueries(folder, *manifest), "");

  const std::string text("# any\r\n\0bytes", 13);
  folder = Seal(*version, WithGolden(text));
  manifest = ReadManifest(folder);
  ASSERT_THAT(manifest, IsOk());
  ASSERT_TRUE(manifest->golden_queries.has_value());
  EXPECT_EQ(manifest->golden_queries->file, "golden.jsonl");
  EXPECT_EQ(manifest->golden_queries->bytes, text.size());
  const auto read = ReadGoldenQueries(folder, *manifest);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(*read, text);
  EXPECT_EQ(Contents(folder + "/golden.jsonl"), text);
  EXPECT_THAT(VerifyVersion(folder, &pool_), IsOk());

  fs::remove(folder + "/golden.jsonl");
  EXPECT_THAT(ReadGoldenQueries(folder, *manifest),
              IsStatus(StatusCode::kNotFound, HasSubstr("/golden.jsonl")));
  EXPECT_THAT(Open(folder), IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(VerifyVersion(folder, &pool_), IsStatus(StatusCode::kNotFound));
}

TEST_F(SealedVersionTest, TooManyGoldenQueriesAreNotSealed) {
  const auto version =
      Load({Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact)});
  const std::string folder = dir_.Path("full");
  fs::create_directory(folder);
  EXPECT_THAT(
      SealVersion(*version, WithGolden(std::string(kMaxGoldenBytes + 1, ' ')),
                  folder),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("golden queries have")));
  EXPECT_FALSE(fs::exists(folder + "/MANIFEST.json"));
}

TEST_F(SealedVersionTest, TheLongestNameOfATableIsANameOfAFile) {
  TableSpec spec = Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact);
  spec.name = std::string(128, 'x');
  EXPECT_THAT(Open(Seal(*Load({spec}))), IsOk());
}

TEST_F(SealedVersionTest, ACancelledLoadStops) {
  const std::string folder =
      Seal(*Load({Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact)}));
  EXPECT_THAT(
      OpenVersion(folder, "m", 3, &pool_,
                  {.progress = [](uint64_t, uint64_t) { return false; }}),
      IsStatus(StatusCode::kCancelled));
  EXPECT_THAT(
      VerifyVersion(folder, &pool_, [](uint64_t, uint64_t) { return false; }),
      IsStatus(StatusCode::kCancelled));
}

TEST_F(SealedVersionTest, AMappedVersionAnswersAsTheOneInMemory) {
  // One dimension a layout of the graph.
  for (const uint32_t dimension : {16, 80}) {
    const auto built = Load(
        {Spec("graph", 600, dimension, Metric::kCosine, IndexChoice::kGraph),
         Spec("exact", 300, dimension, Metric::kCosine, IndexChoice::kExact)});
    const std::string folder = Seal(*built);
    const auto mapped = OpenVersion(folder, "m", 3, &pool_, {.map = true});
    ASSERT_THAT(mapped, IsOk());
    ExpectSameAnswers(*built, **mapped, "graph");
    // The mapping holds what nobody can open any more.
    fs::remove_all(folder);
    ExpectSameAnswers(*built, **mapped, "exact");
  }
}

TEST_F(SealedVersionTest, ProgressCountsEveryByte) {
  const std::string folder =
      Seal(*Load({Spec("a", 3000, 16, Metric::kCosine, IndexChoice::kGraph),
                  Spec("b", 20, 16, Metric::kCosine, IndexChoice::kExact)}));
  uint64_t last = 0;
  uint64_t total = 0;
  ASSERT_THAT(OpenVersion(folder, "m", 3, &pool_,
                          {.progress =
                               [&](uint64_t done, uint64_t of) {
                                 EXPECT_GE(done, last);
                                 EXPECT_LE(done, of);
                                 last = done;
                                 total = of;
                                 return true;
                               }}),
              IsOk());
  EXPECT_GT(total, 3000u * 16 * sizeof(float));
}

TEST_F(SealedVersionTest, NothingIsWrittenOverWhatIsThere) {
  const auto version =
      Load({Spec("a", 20, 3, Metric::kCosine, IndexChoice::kExact)});
  const std::string folder = Seal(*version);
  EXPECT_THAT(SealVersion(*version, {}, folder),
              IsStatus(StatusCode::kAlreadyExists, HasSubstr("/a.table")));
  EXPECT_THAT(SealVersion(*version, {}, folder + "/none"),
              IsStatus(StatusCode::kNotFound));
}

}  // namespace
}  // namespace akin
