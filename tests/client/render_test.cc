#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "client/cli/render_catalog.h"
#include "client/cli/render_search.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <typename Message>
Message Parse(const char* text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

constexpr char kResponse[] = R"(
    model: "glove" version: 3
    hits { id: "queen" score: 0.75 }
    hits { id: "王女" score: -0.125 }
    stats { distances: 1204 hops: 48 })";

// Renders with `render(terminal)`, in a pipe unless told otherwise.
template <typename Render>
std::string Rendered(Render render, bool interactive = false,
                     bool colour = false, bool blocks = false) {
  std::ostringstream out;
  std::ostringstream err;
  render(Terminal{out, err, interactive, colour, blocks});
  EXPECT_EQ(err.str(), "");
  return out.str();
}

TEST(PrintSearchTest, PrintsAPlainTableIntoAPipe) {
  const auto response = Parse<v1::SearchResponse>(kResponse);
  const std::string text = Rendered([&](const Terminal& terminal) {
    PrintSearch(terminal, response,
                {"words", 2, v1::METRIC_COSINE, absl::Milliseconds(2)});
  });
  EXPECT_EQ(text,
            "rank  id       score\n"
            "   1  queen   0.7500\n"
            "   2  王女   -0.1250\n"
            "glove/words version 3: compared with 1,204 vectors\n");
}

TEST(PrintSearchTest, AddsBarsAndTheTimeForAPerson) {
  const auto response = Parse<v1::SearchResponse>(kResponse);
  const std::string text = Rendered(
      [&](const Terminal& terminal) {
        PrintSearch(terminal, response,
                    {"words", 2, v1::METRIC_COSINE, absl::Microseconds(2340)});
      },
      true, false, true);
  EXPECT_THAT(text, HasSubstr("0.7500  ████████████\n"));
  EXPECT_THAT(text, HasSubstr("-0.1250\n"));
  EXPECT_THAT(text, HasSubstr("vectors, 2.3 ms\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(PrintSearchTest, ColoursOnlyWhenTold) {
  const auto response = Parse<v1::SearchResponse>(kResponse);
  const std::string text = Rendered(
      [&](const Terminal& terminal) {
        PrintSearch(terminal, response, {"words", 2, {}, {}});
      },
      true, true);
  EXPECT_THAT(text, HasSubstr("\x1b[2mrank\x1b[0m"));
}

TEST(PrintSearchTest, SaysAShortfallInWords) {
  auto response = Parse<v1::SearchResponse>(kResponse);
  response.mutable_shortfall()->set_reason(v1::SHORTFALL_REASON_TABLE_SIZE);
  response.mutable_stats()->set_exact(true);
  const auto render = [&](const Terminal& terminal) {
    PrintSearch(terminal, response, {"words", 10, {}, {}});
  };
  EXPECT_THAT(Rendered(render),
              HasSubstr("2 of 10 neighbours: the table has no more ids\n"));
  EXPECT_THAT(Rendered(render), HasSubstr("3: exact, compared with"));

  response.mutable_shortfall()->set_detail("only 2 ids are there");
  EXPECT_THAT(Rendered(render),
              HasSubstr("2 of 10 neighbours: only 2 ids are there\n"));

  response.clear_hits();
  EXPECT_THAT(Rendered(render), HasSubstr("no neighbours\n0 of 10"));
}

TEST(PrintSearchTest, PrintsReturnedVectorsSoThatTheyCanBeReadBack) {
  const auto response = Parse<v1::SearchResponse>(
      R"(hits { id: "a" vector: 0.1 vector: -0.333333343 vector: 3 })");
  EXPECT_THAT(Rendered([&](const Terminal& terminal) {
                PrintSearch(terminal, response, {"words", 1, {}, {}});
              }),
              HasSubstr("[0.1, -0.333333343, 3]\n"));
}

TEST(PrintBatchTest, PrintsABlockAQuery) {
  const auto response = Parse<v1::BatchSearchResponse>(R"(
      model: "glove" version: 3
      results { hits { id: "a" score: 1 } stats { distances: 1 } }
      results { error { code: 3 message: "zero\nvector" } })");
  EXPECT_EQ(Rendered([&](const Terminal& terminal) {
              PrintBatch(terminal, response, {"words", 1, {}, {}});
            }),
            "query 1 of 2: compared with 1 vector\n"
            "rank  id   score\n"
            "   1  a   1.0000\n"
            "\n"
            "query 2 of 2: not answered: zero\\nvector\n"
            "\n"
            "glove/words version 3\n");
}

TEST(PrintVectorsTest, PrintsWhatVectorTakes) {
  const auto response = Parse<v1::GetVectorsResponse>(
      R"(model: "m" version: 1 vectors { id: "a" values: 3 values: -4 })");
  EXPECT_EQ(Rendered([&](const Terminal& terminal) {
              PrintVectors(terminal, response, "t");
            }),
            "a  2 numbers, length 5.0000\n"
            "[3, -4]\n"
            "m/t version 1\n");
}

TEST(BarFractionTest, DependsOnTheMetric) {
  EXPECT_DOUBLE_EQ(BarFraction(v1::METRIC_COSINE, 0.5, 0.9), 0.5);
  EXPECT_DOUBLE_EQ(BarFraction(v1::METRIC_COSINE, -0.5, 0.9), 0);
  EXPECT_DOUBLE_EQ(BarFraction(v1::METRIC_DOT, 5, 20), 0.25);
  EXPECT_DOUBLE_EQ(BarFraction(v1::METRIC_DOT, -5, -1), 0);
  EXPECT_DOUBLE_EQ(BarFraction(v1::METRIC_L2, -4, -1), 0.5);
  EXPECT_DOUBLE_EQ(BarFraction(v1::METRIC_L2, -4, 0), 0);
  EXPECT_DOUBLE_EQ(BarFraction(v1::METRIC_L2, 0, 0), 1);
  EXPECT_DOUBLE_EQ(BarFraction(v1::METRIC_UNSPECIFIED, 1, 1), 0);
}

TEST(PrintModelsTest, PrintsALineAVersion) {
  const auto response = Parse<v1::ListModelsResponse>(R"(
      models { name: "glove"
        versions { version: 10 labels: "stable" state: VERSION_STATE_AVAILABLE
                   tables { name: "words" rows: 400000 dimension: 100 } }
        versions { version: 9 state: VERSION_STATE_AVAILABLE } })");
  EXPECT_EQ(Rendered([&](const Terminal& terminal) {
              PrintModels(terminal, response);
            }),
            "model  version  labels  state      tables\n"
            "glove       10  stable  available  words (400,000 x 100)\n"
            "glove        9          available\n");
  EXPECT_EQ(
      Rendered([](const Terminal& terminal) { PrintModels(terminal, {}); }),
      "no models\n");
}

TEST(PrintModelTest, PrintsTheLoadReport) {
  const auto model = Parse<v1::Model>(R"(
      name: "glove"
      versions {
        version: 3 labels: "stable" labels: "canary"
        state: VERSION_STATE_AVAILABLE
        tables {
          name: "words" dimension: 100 metric: METRIC_COSINE
          index: INDEX_KIND_GRAPH rows: 400000 memory_bytes: 220663808
          load_report {
            source: "glove.txt" format: "GloVe text"
            skipped { fault: "ragged" rows: 7 }
            skipped { fault: "duplicate id" rows: 1005 }
            read_seconds: 2.13 index_seconds: 31.4 recall_at_10: 0.9812 } } })");
  const std::string text =
      Rendered([&](const Terminal& terminal) { PrintModel(terminal, model); });
  EXPECT_THAT(text,
              HasSubstr("glove version 3, available, labelled stable, canary"));
  EXPECT_THAT(text, HasSubstr("210.4 MiB      0.981  "
                              "1,012 (7 ragged, 1,005 duplicate id)\n"));
  EXPECT_THAT(text, HasSubstr("words from glove.txt (GloVe text): read in 2.1 "
                              "s, indexed in 31.4 s\n"));
}

TEST(PrintModelTest, SaysHowATableIsStored) {
  const auto model = Parse<v1::Model>(R"(
      name: "m"
      versions {
        version: 1 state: VERSION_STATE_AVAILABLE
        tables { name: "items" rows: 9 index: INDEX_KIND_GRAPH
                 profile: PROFILE_COMPACT layout: "flat: int8 codes, 64 links"
                 bytes_per_vector: 324.4 }
        tables { name: "users" rows: 9 index: INDEX_KIND_EXACT
                 bytes_per_vector: 200 } })");
  const std::string text =
      Rendered([&](const Terminal& terminal) { PrintModel(terminal, model); });
  EXPECT_THAT(text, HasSubstr("\nitems: graph, profile compact, flat: int8 "
                              "codes, 64 links; 324 bytes a vector\n"));
  EXPECT_THAT(text, HasSubstr("\nusers: exact; 200 bytes a vector\n"));
}

TEST(PrintServerInfoTest, SaysVersionTargetStateAndLimits) {
  const auto info = Parse<v1::GetServerInfoResponse>(R"(
      version: "0.1.0" cpu_target: "AVX2" threads: 2 uptime_seconds: 11530
      state: SERVER_STATE_LOADING limits { max_k: 10000 })");
  const std::string text = Rendered([&](const Terminal& terminal) {
    PrintServerInfo(terminal, info, "127.0.0.1:7400");
  });
  for (const char* part : {"127.0.0.1:7400\n", "0.1.0\n", "AVX2\n",
                           "loading, up for 3 h 12 min\n", "10,000\n"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(WordingTest, WritesNumbersAndUnknownValues) {
  EXPECT_EQ(WithSeparators(0), "0");
  EXPECT_EQ(WithSeparators(999), "999");
  EXPECT_EQ(WithSeparators(1000), "1,000");
  EXPECT_EQ(WithSeparators(1234567), "1,234,567");
  EXPECT_EQ(MebiBytes(0), "0.0 MiB");
  EXPECT_EQ(MebiBytes(1000), "< 0.1 MiB");
  EXPECT_EQ(MebiBytes(3 << 19), "1.5 MiB");
  EXPECT_EQ(Plural(1, "row"), "1 row");
  EXPECT_EQ(WordFor(v1::METRIC_L2), "l2");
  EXPECT_EQ(WordFor(v1::PROFILE_COMPACT), "compact");
  EXPECT_EQ(WordFor(v1::METRIC_UNSPECIFIED), "unknown");
  EXPECT_EQ(WordFor(static_cast<v1::Metric>(99)), "unknown (99)");
}

}  // namespace
}  // namespace akin::client
