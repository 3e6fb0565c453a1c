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
      {"GloVe", text},
      {"word2vec text", "3 2\n" + text},
      {"word2vec binary", "3 2\n" + rows},
      {"npy f4", npy},
      {"npy f8", NpyFile(NpyDict("<f8", "(2, 2)"),
                         BytesOfValues(std::vector<double>{1, 2, 3, 4}))},
      {"npy f2", NpyFile(NpyDict("<f2", "(2, 3)"), std::string(12, '\x3C'))},
      {"npy i1", NpyFile(NpyDict("|i1", "(2, 3)"), "abcdef")}};
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
  ReadFile Check(const std::string& bytes, const std::string& ids) {
    ReadFile file = ReadAll(Write("v", bytes), ids);
    if (file.announced.has_value()) {
      EXPECT_LE(*file.announced * file.dimension, bytes.size());
    }
    if (!file.status.ok()) {
      EXPECT_FALSE(file.status.message().empty());
    }
    return file;
  }
};

TEST_F(DamageTest, CutAtEveryByte) {
  const std::string ids = Write("ids", "x\ny\nz\n");
  for (const Sample& sample : Samples()) {
    const ReadFile whole = Check(sample.bytes, "");
    ASSERT_TRUE(whole.status.ok()) << sample.name << ": " << whole.status;
    for (size_t size = 0; size < sample.bytes.size(); ++size) {
      const ReadFile cut = Check(sample.bytes.substr(0, size), "");
      // In text the last number may be cut and still be one.
      if (sample.name == "GloVe" || sample.name == "word2vec text") continue;
      const bool only_a_newline =
          sample.name == "word2vec binary" && size + 1 == sample.bytes.size();
      EXPECT_EQ(cut.status.ok(), only_a_newline)
          << sample.name << " cut to " << size;
      if (size % 16 == 0) Check(sample.bytes.substr(0, size), ids);
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
            byte = " \n\t0129-.,'()"[random() % 13];
        }
      }
      Check(bytes, round % 8 == 0 ? ids : "");
    }
  }
}

TEST_F(DamageTest, RandomBytesBehindEveryMagic) {
  std::mt19937 random(7);
  const std::string heads[] = {"",
                               "5 2\n",
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
      Check(bytes, "");
    }
  }
}

}  // namespace
}  // namespace akin
