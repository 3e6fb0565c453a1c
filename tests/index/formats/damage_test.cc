// Files cut at every byte, and files with bytes changed at random: a reader
// may refuse them or read something else, but it must come back.

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

struct Sample {
  std::string name;
  std::string bytes;
  SourceSpec spec = {};  // but for the path
  // Formats without a count of rows: a cut may leave a good file.
  bool counted = true;
};

std::vector<Sample> Samples() {
  const std::string text = "king 0.5 -1.25\nqueen 3 4e-2\nToy Story 2 5 6\n";
  std::string rows;
  for (const std::string id : {"a", "bb", "c\xC3\xA9"}) {
    rows += id + " " + BytesOfValues(std::vector<float>{0.5f, -1.25f}) + "\n";
  }
  const std::string npy =
      NpyFile(NpyDict("<f4", "(3, 2)"),
              BytesOfValues(std::vector<float>{1, 2, 3, 4, 5, 6}));
  std::vector<Sample> samples = {
      {"GloVe", text, {}, false},
      {"word2vec text", "3 2\n" + text, {}, false},
      {"word2vec binary", "3 2\n" + rows},
      {"npy f4", npy},
      {"npy f8", NpyFile(NpyDict("<f8", "(2, 2)"),
                         BytesOfValues(std::vector<double>{1, 2, 3, 4}))},
      {"npy f2", NpyFile(NpyDict("<f2", "(2, 3)"), std::string(12, '\x3C'))},
      {"npy i1", NpyFile(NpyDict("|i1", "(2, 3)"), "abcdef")}};
  const std::string safetensors = SafetensorsFile(
      "{\"__metadata__\":{\"a\":\"b\"},"
      "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
      "\"e\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[4,20]},"
      "\"y\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[20,23]}}",
      std::string(23, '\x3C'));
  const std::string ids =
      NpyFile(NpyDict("<U1", "(3,)"), std::string("x\0\0\0y\0\0\0z\0\0", 12));
  const std::string json =
      "{\"id\":\"a\",\"vector\":[1,2.5],\"t\":[{}]}\n"
      "{\"vector\":[1e3,-2],\"id\":7}\n";
  const std::string csv = "\"id\",x,y\na,0.5,1\n\"b \"\"c\"\"\",1,2\n";
  const std::vector<uint8_t> few = {1, 2, 3, 4, 5, 6};
  samples.insert(
      samples.end(),
      {{"safetensors", safetensors},
       {"npz", ZipFile({{"v.npy", npy}, {"ids.npy", ids}})},
       {"npz deflated", ZipFile({{"ids.npy", ids}, {"v.npy", npy}}, true)},
       {"fastText bin", FasttextFile({})},
       {"JSONL", json, {}, false},
       {"CSV", csv, {}, false},
       {"TSV", "id\tx\ty\na\t0.5\t1\nb\t1\t2\n", {}, false},
       {"fvecs", VecsRow<float>({1, 2}) + VecsRow<float>({3, 4}), {}, false},
       {"bvecs told",
        VecsRow(few) + VecsRow(few),
        {"", "", "", "bvecs"},
        false},
       {"fbin", BinFile<float>(2, 2, {1, 2, 3, 4})},
       {"u8bin", BinFile(3, 2, few), {"", "", "", "u8bin"}},
       {"compressed safetensors", Compress(safetensors, ARCHIVE_FILTER_ZSTD)},
       {"compressed JSONL", Compress(json, ARCHIVE_FILTER_GZIP)},
       {"compressed CSV", Compress(csv, ARCHIVE_FILTER_XZ)},
       {"compressed fbin",
        Compress(BinFile<float>(2, 2, {1, 2, 3, 4}), ARCHIVE_FILTER_GZIP),
        {"", "", "", "fbin"}}});
  for (const int filter : {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD,
                           ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_BZIP2}) {
    samples.push_back({"compressed text", Compress("3 2\n" + text, filter)});
    samples.push_back({"compressed npy", Compress(npy, filter)});
  }
  return samples;
}

class DamageTest : public FileFixture {
 protected:
  // What is announced may be allocated: it has to fit into the file.
  ReadFile Check(const std::string& bytes, SourceSpec spec,
                 const std::string& ids) {
    spec.path = Write("v", bytes);
    spec.ids_path = ids;
    ReadFile file = ReadAll(spec);
    if (file.announced.has_value()) {
      EXPECT_LE(*file.announced * file.dimension, bytes.size());
    }
    if (!file.status.ok()) {
      const std::string message(file.status.message());
      EXPECT_TRUE(message.rfind(Path("v") + ": ", 0) == 0 ||
                  (!ids.empty() && message.rfind(ids + ": ", 0) == 0))
          << message;
    }
    return file;
  }
};

TEST_F(DamageTest, CutAtEveryByte) {
  const std::string ids = Write("ids", "x\ny\nz\n");
  for (const Sample& sample : Samples()) {
    const ReadFile whole = Check(sample.bytes, sample.spec, "");
    ASSERT_TRUE(whole.status.ok()) << sample.name << ": " << whole.status;
    for (size_t size = 0; size < sample.bytes.size(); ++size) {
      const ReadFile cut = Check(sample.bytes.substr(0, size), sample.spec, "");
      // In text the last number may be cut and still be one.
      if (!sample.counted) continue;
      const bool only_a_newline =
          sample.name == "word2vec binary" && size + 1 == sample.bytes.size();
      EXPECT_EQ(cut.status.ok(), only_a_newline)
          << sample.name << " cut to " << size;
      if (size % 16 == 0) Check(sample.bytes.substr(0, size), sample.spec, ids);
    }
  }
}

TEST_F(DamageTest, BytesChangedAtRandom) {
  std::mt19937 random(20261121);
  const std::string ids = Write("ids", "x\ny\nz\n");
  for (const Sample& sample : Samples()) {
    for (int round = 0; round < 400; ++round) {
      std::string bytes = sample.bytes;
      for (uint32_t change = random() % 4 + 1; change > 0; --change) {
        char& byte = bytes[random() % bytes.size()];
        switch (random() % 3) {
          case 0:
            byte = static_cast<char>(byte ^ (1 << (random() % 8)));
            break;
          case 1:
            byte = static_cast<char>(random());
            break;
          default:
            byte = " \n\t0129-.,'()[]{}:;\""[random() % 20];
        }
      }
      Check(bytes, sample.spec, round % 8 == 0 ? ids : "");
    }
  }
}

TEST_F(DamageTest, RandomBytesBehindEveryMagic) {
  std::mt19937 random(7);
  const std::string heads[] = {"",
                               "5 2\n",
                               "{\"id\":1,\"vector\":[",
                               "id,x\na,",
                               std::string("\2\0\0\0", 4),
                               std::string("PK\3\4\x14\0\0\0\0\0", 10),
                               std::string("\x40\0\0\0\0\0\0\0{\"", 10),
                               "5 2\na ",
                               std::string("\x93NUMPY\x01\x00\x40\x00", 10),
                               std::string("\x1F\x8B\x08\x00", 4),
                               "\x28\xB5\x2F\xFD",
                               std::string("\xFD"
                                           "7zXZ\0",
                                           6),
                               "BZh91AY&SY"};
  for (const std::string& head : heads) {
    for (int round = 0; round < 100; ++round) {
      std::string bytes = head;
      const size_t size = head.size() + random() % 300;
      while (bytes.size() < size) bytes += static_cast<char>(random());
      Check(bytes, {}, "");
    }
  }
}

}  // namespace
}  // namespace akin
