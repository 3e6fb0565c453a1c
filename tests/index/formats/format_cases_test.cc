// Files made by other programs, with what their own tests expect of them. All
// expectations come from expected.json and npy/records.json beside the files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "index/base/half.h"
#include "index/base/utf8.h"
#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

std::filesystem::path Folder() {
  const char* data = std::getenv("AKIN_DATA");
  return std::filesystem::path(
             data != nullptr ? data : AKIN_SOURCE_DIR "/../shared/data") /
         "format-cases";
}

class FormatCasesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(Folder())) GTEST_SKIP() << "skipped: no data";
  }

  static json Load(const std::string& name) {
    std::ifstream file(Folder() / name);
    return json::parse(file);
  }
  static ReadFile Read(const std::string& name) {
    return ReadAll(Folder() / name);
  }
};

Words Repaired(const ReadFile& file, Utf8Policy policy) {
  Words out;
  for (const ReadRow& row : file.rows) {
    out.push_back(RepairUtf8(row.id, policy));
  }
  return out;
}

std::vector<double> UnitVector(const std::vector<float>& values) {
  double square = 0;
  for (const float value : values) square += double{value} * double{value};
  std::vector<double> out;
  out.reserve(values.size());
  for (const float value : values) out.push_back(value / std::sqrt(square));
  return out;
}

using UnitVectors = std::map<std::string, std::vector<double>>;

UnitVectors UnitVectorsOf(const ReadFile& file) {
  UnitVectors out;
  for (const ReadRow& row : file.rows) out[row.id] = UnitVector(row.values);
  return out;
}

// All words but those left out, the nearest first.
Words Nearest(const UnitVectors& vectors, const std::vector<double>& query,
              const std::set<std::string>& left_out) {
  std::vector<std::pair<double, std::string>> found;
  for (const auto& [word, vector] : vectors) {
    if (left_out.count(word) > 0) continue;
    double dot = 0;
    for (size_t i = 0; i < query.size(); ++i) dot += query[i] * vector[i];
    found.emplace_back(-dot, word);
  }
  std::sort(found.begin(), found.end());
  Words out;
  for (const auto& [score, word] : found) out.push_back(word);
  return out;
}

void ExpectNearest(const ReadFile& file, const json& expected) {
  const UnitVectors vectors = UnitVectorsOf(file);
  for (const auto& [word, list] : expected.items()) {
    Words nearest = Nearest(vectors, vectors.at(word), {word});
    nearest.resize(std::min(nearest.size(), list.size()));
    EXPECT_EQ(nearest, list.get<Words>()) << word;
  }
}

// "analogy (...): Frankreich - Paris + Berlin, the three left out"
void ExpectAnalogy(const ReadFile& file, const std::string& key,
                   const json& expected) {
  std::string terms = key.substr(key.find("): ") + 3);
  terms = terms.substr(0, terms.find(','));
  const size_t minus = terms.find(" - ");
  const size_t plus = terms.find(" + ");
  ASSERT_TRUE(minus != terms.npos && plus != terms.npos && minus < plus);
  const std::string a = terms.substr(0, minus);
  const std::string b = terms.substr(minus + 3, plus - minus - 3);
  const std::string c = terms.substr(plus + 3);
  const UnitVectors vectors = UnitVectorsOf(file);
  std::vector<double> query;
  query.reserve(vectors.at(a).size());
  for (size_t i = 0; i < vectors.at(a).size(); ++i) {
    query.push_back(vectors.at(a)[i] - vectors.at(b)[i] + vectors.at(c)[i]);
  }
  Words nearest = Nearest(vectors, query, {a, b, c});
  nearest.resize(std::min(nearest.size(), expected.size()));
  EXPECT_EQ(nearest, expected.get<Words>());
}

void ExpectSame(const ReadFile& file, const std::string& other_name) {
  const ReadFile other = ReadAll(Folder() / other_name);
  ASSERT_TRUE(other.status.ok()) << other.status;
  ASSERT_EQ(file.ids(), other.ids());
  for (size_t i = 0; i < file.rows.size(); ++i) {
    EXPECT_EQ(file.rows[i].values, other.rows[i].values) << other_name;
  }
}

// "text/x.txt (binary values are its float16-rounded values, ...)"
void ExpectSameAsHalves(const ReadFile& file, const std::string& sentence) {
  const ReadFile other =
      ReadAll(Folder() / sentence.substr(0, sentence.find(' ')));
  ASSERT_EQ(file.ids(), other.ids());
  ASSERT_NE(sentence.find("float16-rounded"), sentence.npos);
  for (size_t i = 0; i < file.rows.size(); ++i) {
    for (size_t j = 0; j < file.dimension; ++j) {
      EXPECT_EQ(file.rows[i].values[j],
                HalfToFloat(FloatToHalf(other.rows[i].values[j])));
    }
  }
}

void ExpectKey(const std::string& name, const ReadFile& file,
               const std::string& key, const json& expected) {
  const auto starts = [&](const char* head) { return key.rfind(head, 0) == 0; };
  if (key == "rows") {
    EXPECT_EQ(file.rows.size(), expected.get<size_t>());
  } else if (key == "dim") {
    EXPECT_EQ(file.dimension, expected.get<uint32_t>());
  } else if (key == "header") {
    EXPECT_EQ(file.format,
              expected.get<bool>() ? "word2vec text" : "GloVe text");
  } else if (key == "words") {
    EXPECT_EQ(file.ids(), expected.get<Words>());
  } else if (key == "values") {
    ASSERT_EQ(file.rows.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(file.rows[i].values, expected[i].get<std::vector<float>>());
    }
  } else if (key == "strict reader") {
    ASSERT_EQ(expected, "error: not UTF-8");
    const Words ids = file.ids();
    EXPECT_FALSE(std::all_of(ids.begin(), ids.end(), [](const std::string& id) {
      return IsValidUtf8(id);
    }));
  } else if (key == "replacing reader, words") {
    EXPECT_EQ(Repaired(file, Utf8Policy::kReplace), expected.get<Words>());
  } else if (key == "ignoring reader, words") {
    EXPECT_EQ(Repaired(file, Utf8Policy::kIgnore), expected.get<Words>());
  } else if (starts("nearest by cosine")) {
    ExpectNearest(file, expected);
  } else if (starts("analogy ")) {
    ExpectAnalogy(file, key, expected);
  } else if (key == "same words and values as") {
    for (const json& other : expected) ExpectSame(file, other);
  } else if (key == "same words as") {
    ExpectSameAsHalves(file, expected);
  } else if (key == "counts from the .vocab file") {
    // A word and a number a line: a table of one dimension.
    const ReadFile counts =
        ReadAll(Folder() / (name.substr(0, name.rfind('.')) + ".vocab"));
    ASSERT_EQ(counts.ids(), file.ids());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(counts.rows[i].values[0], expected[i].get<float>());
    }
  } else {
    EXPECT_EQ(key, "note") << "not checked: " << key;
  }
}

TEST_F(FormatCasesTest, Expected) {
  const json all = Load("expected.json");
  EXPECT_GT(all.size(), 0u);
  for (const auto& [name, expectations] : all.items()) {
    SCOPED_TRACE(name);
    const ReadFile file = Read(name);
    if (expectations.value("header line", "") == "absent") {
      EXPECT_EQ(file.status.code(), absl::StatusCode::kInvalidArgument);
      continue;
    }
    ASSERT_TRUE(file.status.ok()) << file.status;
    EXPECT_THAT(file.bad, testing::IsEmpty());
    EXPECT_EQ(file.format == "word2vec binary",
              name.rfind("word2vec-binary/", 0) == 0);
    for (const auto& [key, expected] : expectations.items()) {
      ExpectKey(name, file, key, expected);
    }
  }
}

// "65x65-float32" is read; other shapes and types are refused.
TEST_F(FormatCasesTest, Npy) {
  const json records = Load("npy/records.json");
  const std::set<std::string> read = {"65x65-float16", "65x65-float32",
                                      "65x65-float64", "65x65-int8"};
  size_t seen = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(Folder() / "npy")) {
    if (entry.path().extension() != ".npy") continue;
    const std::string name = entry.path().stem();
    SCOPED_TRACE(name);
    const ReadFile file = ReadAll(entry.path());
    if (read.count(name) == 0) {
      EXPECT_EQ(file.status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(file.status.message()),
                  testing::StartsWith(entry.path().string() + ": "));
      continue;
    }
    ++seen;
    ASSERT_TRUE(file.status.ok()) << file.status;
    ASSERT_EQ(file.rows.size(), 65u);
    const auto last = records.at("./data/" + name).get<std::vector<float>>();
    const std::vector<float>& row = file.rows.back().values;
    EXPECT_EQ(std::vector<float>(
                  row.end() - static_cast<ptrdiff_t>(last.size()), row.end()),
              last);
  }
  EXPECT_EQ(seen, read.size());
}

// As the model's own numbers say: the same 29,528 x 2 in three dtypes.
TEST_F(FormatCasesTest, Safetensors) {
  const auto read = [](const std::string& name, const std::string& tensor) {
    return ReadAll(SourceSpec{
        (Folder() / "safetensors" / (name + ".safetensors")).string(), "",
        tensor});
  };
  const ReadFile floats = read("test-model-float32", "");
  ASSERT_TRUE(floats.status.ok()) << floats.status;
  EXPECT_EQ(floats.announced, 29528u);
  EXPECT_EQ(floats.dimension, 2u);
  ASSERT_EQ(floats.rows.size(), 29528u);
  const ReadFile halves = read("test-model-float16", "embeddings");
  const ReadFile bytes = read("test-model-int8", "");
  ASSERT_EQ(halves.rows.size(), floats.rows.size());
  ASSERT_EQ(bytes.rows.size(), floats.rows.size());
  float largest = 0;
  for (const ReadRow& row : floats.rows) {
    for (const float value : row.values) {
      largest = std::max(largest, std::fabs(value));
    }
  }
  for (size_t i = 0; i < floats.rows.size(); ++i) {
    for (size_t j = 0; j < 2; ++j) {
      const float value = floats.rows[i].values[j];
      EXPECT_EQ(halves.rows[i].values[j], HalfToFloat(FloatToHalf(value)));
      EXPECT_NEAR(bytes.rows[i].values[j], value / largest * 127, 1.01);
    }
  }
  const ReadFile quantised = read("test-model-vocab-quantized", "");
  EXPECT_TRUE(quantised.status.ok()) << quantised.status;
  EXPECT_THAT(
      std::string(read("test-model-vocab-quantized", "none").status.message()),
      testing::HasSubstr("has no tensor \"none\"; 2-D ones: "));
}

}  // namespace
}  // namespace akin
