// Files that numpy and the safetensors library wrote themselves
// (tests/golden/trained-files/write).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "index/base/half.h"
#include "index/formats/hdf5.h"
#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<float> kRows[] = {
    {1, -2, 0.5f}, {0.1f, 65504, -1e-3f}, {3, 0, 1e-7f}};

ReadFile Read(const std::string& name, const std::string& tensor = "") {
  return ReadAll(SourceSpec{
      AKIN_SOURCE_DIR "/tests/golden/trained-files/" + name, "", tensor});
}

void ExpectRows(const ReadFile& file) {
  ASSERT_TRUE(file.status.ok()) << file.status;
  ASSERT_EQ(file.rows.size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(file.rows[i].values, kRows[i]);
}

TEST(GoldenFilesTest, Npz) {
  const ReadFile stored = Read("vectors.npz");
  ExpectRows(stored);
  EXPECT_EQ(stored.announced, 3u);
  EXPECT_THAT(stored.ids(),
              ElementsAre("king", "Snatch, 2000", "\xC3\xA9\xF0\x9F\x98\x80"));
  const ReadFile compressed = Read("compressed.npz");
  ExpectRows(compressed);
  EXPECT_THAT(compressed.ids(), ElementsAre("10", "-2", "3"));
  EXPECT_THAT(std::string(Read("pickled.npz").status.message()),
              HasSubstr("\"ids\": holds \"|O\", pickled Python objects"));
}

TEST(GoldenFilesTest, Safetensors) {
  ExpectRows(Read("vectors.safetensors"));
  ExpectRows(Read("vectors.safetensors", "embedding.weight"));
  EXPECT_THAT(
      std::string(Read("vectors.safetensors", "counts").status.message()),
      HasSubstr("tensor \"counts\" is of \"I64\""));
  EXPECT_THAT(std::string(Read("several.safetensors").status.message()),
              HasSubstr("has 3 2-D tensors"));
  ExpectRows(Read("several.safetensors", "f64"));
  const ReadFile halves = Read("several.safetensors", "f16");
  const ReadFile brains = Read("bf16.safetensors");
  ASSERT_EQ(halves.rows.size(), 3u);
  ASSERT_EQ(brains.rows.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      const float value = kRows[i][j];
      EXPECT_EQ(halves.rows[i].values[j], HalfToFloat(FloatToHalf(value)));
      EXPECT_NEAR(brains.rows[i].values[j], value, std::abs(value) / 128);
    }
  }
  EXPECT_THAT(Read("several.safetensors", "i8").rows.at(2).values,
              ElementsAre(-128, 127, 0));
}

TEST(GoldenFilesTest, Hdf5) {
  if (!BuiltWithHdf5()) {
    EXPECT_THAT(std::string(Read("vectors.hdf5").status.message()),
                HasSubstr("which this akin was built without"));
    GTEST_SKIP() << "skipped: no HDF5";
  }
  const ReadFile train = Read("vectors.hdf5");
  ExpectRows(train);
  EXPECT_EQ(train.format, "HDF5");
  EXPECT_EQ(train.announced, 3u);
  EXPECT_THAT(train.ids(), ElementsAre("0", "1", "2"));
  const ReadFile test = Read("vectors.hdf5", "/test");
  ASSERT_EQ(test.rows.size(), 1u);
  EXPECT_EQ(test.rows[0].values, kRows[0]);
  EXPECT_THAT(std::string(Read("vectors.hdf5", "none").status.message()),
              HasSubstr("has no tensor \"none\"; 2-D ones: test (1 x 3, "
                        "float), train (3 x 3, float)"));
}

// fastText prints five digits.
TEST(GoldenFilesTest, FasttextBin) {
  const ReadFile model = Read("fasttext.bin");
  const ReadFile printed = Read("fasttext.vec");
  ASSERT_TRUE(model.status.ok()) << model.status;
  EXPECT_EQ(model.format, "fastText bin");
  EXPECT_EQ(model.announced, 33u);
  ASSERT_GE(model.rows.size(), 20u);
  ASSERT_EQ(model.ids(), printed.ids());
  for (size_t i = 0; i < model.rows.size(); ++i) {
    for (size_t j = 0; j < model.dimension; ++j) {
      EXPECT_NEAR(model.rows[i].values[j], printed.rows[i].values[j], 1e-5)
          << model.rows[i].id;
    }
  }
}

}  // namespace
}  // namespace akin
