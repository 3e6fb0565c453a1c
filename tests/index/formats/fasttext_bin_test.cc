#include "index/formats/fasttext_bin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class FasttextBinTest : public FileFixture {
 protected:
  ReadFile Read(const FasttextModel& model) {
    return ReadAll(Write("v", FasttextFile(model)));
  }
  std::string Error(const ReadFile& file) {
    return absl::StatusCodeToString(file.status.code()) + ": " +
           ErrorOf(file, Path("v"));
  }
};

// Which buckets, NgramBuckets is asked, whose hashes the golden file checks.
TEST_F(FasttextBinTest, AWordIsTheMeanOfItsRowAndItsNgrams) {
  const ReadFile file = Read({});
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.format, "fastText bin");
  EXPECT_EQ(file.announced, 2u);
  EXPECT_THAT(file.ids(), ElementsAre("</s>", "ab"));
  EXPECT_EQ(file.rows[1].place, "word 1");
  // "</s>" has no n-grams.
  EXPECT_THAT(file.rows[0].values, ElementsAre(1, 2));
  std::vector<uint32_t> buckets;
  NgramBuckets("ab", 3, 3, 2, &buckets);  // "<ab" and "ab>"
  ASSERT_EQ(buckets.size(), 2u);
  float sum[2] = {3, 4};
  for (const uint32_t bucket : buckets) {
    sum[0] += bucket == 0 ? 10 : 30;
    sum[1] += bucket == 0 ? 20 : 40;
  }
  EXPECT_FLOAT_EQ(file.rows[1].values[0], sum[0] / 3);
  EXPECT_FLOAT_EQ(file.rows[1].values[1], sum[1] / 3);
}

TEST_F(FasttextBinTest, WithoutNgrams) {
  FasttextModel model;
  model.buckets = model.least = model.most = 0;
  model.numbers = {1, 2, 3, 4};
  const ReadFile file = Read(model);
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.rows.at(1).values, ElementsAre(3, 4));
}

TEST(NgramBucketsTest, CountsCharactersNotBytes) {
  const auto count = [](const std::string& word, uint32_t least,
                        uint32_t most) {
    std::vector<uint32_t> buckets;
    NgramBuckets(word, least, most, 1000, &buckets);
    for (const uint32_t bucket : buckets) EXPECT_LT(bucket, 1000u);
    return buckets.size();
  };
  EXPECT_EQ(count("ab", 3, 3), 2u);  // <ab ab>
  EXPECT_EQ(count("ab", 3, 6), 3u);  // and <ab>
  EXPECT_EQ(count("ab", 1, 1), 2u);  // a b, not < nor >
  EXPECT_EQ(count("ab", 1, 2), 5u);  // and <a ab b>
  EXPECT_EQ(count("\xC3\xA9\xC3\xA9", 3, 3), 2u);
  EXPECT_EQ(count("", 1, 2), 1u);  // <>
  EXPECT_EQ(count("abc", 5, 4), 0u);
}

TEST_F(FasttextBinTest, WhatIsRefused) {
  const auto error = [&](const auto& change) {
    FasttextModel model;
    change(&model);
    return Error(Read(model));
  };
  const std::string refused = "INVALID_ARGUMENT: v: fastText .bin model: ";
  EXPECT_EQ(error([](FasttextModel* m) { m->version = 11; }),
            refused + "its version is 11, expected 12 to 12");
  EXPECT_EQ(error([](FasttextModel* m) { m->dimension = 32769; }),
            refused + "its dimension is 32769, expected 1 to 32768");
  EXPECT_EQ(error([](FasttextModel* m) { m->dimension = -1; }),
            refused + "its dimension is -1, expected 1 to 32768");
  EXPECT_EQ(error([](FasttextModel* m) { m->quantised = 1; }),
            refused +
                "is quantised (.ftz), which akin does not read: use the .bin "
                "it was made from, or the .vec beside that");
  EXPECT_EQ(error([](FasttextModel* m) { m->pruned = 5; }),
            refused + "its dictionary is pruned");
  EXPECT_EQ(error([](FasttextModel* m) { m->most = 1000; }),
            refused + "its maxn is 1000, expected 0 to 100");
  EXPECT_EQ(error([](FasttextModel* m) { m->buckets = 0; }),
            refused + "has n-grams, but no buckets for them");
  EXPECT_THAT(error([](FasttextModel* m) { m->words.clear(); }),
              StartsWith(refused + "its word count is 0"));
  EXPECT_THAT(error([](FasttextModel* m) { m->words[0].assign(5000, 'x'); }),
              HasSubstr("no word of its dictionary"));
  EXPECT_THAT(error([](FasttextModel* m) { m->numbers.pop_back(); }),
              StartsWith(refused + "its output matrix's row count is "));
  const std::string good = FasttextFile({});
  EXPECT_THAT(Error(ReadAll(Write("v", good + "x"))),
              HasSubstr("trailing data behind it"));
  EXPECT_THAT(Error(ReadAll(Write("v", Compress(good, ARCHIVE_FILTER_GZIP)))),
              HasSubstr("decompress it"));
  EXPECT_THAT(Error(ReadAll(Write("v", good), Write("ids", "x\n"))),
              HasSubstr("holds its own ids"));
}

}  // namespace
}  // namespace akin
