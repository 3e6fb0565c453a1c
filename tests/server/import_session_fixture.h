// An import of two tables in a repository of its own.

#ifndef AKIN_TESTS_SERVER_IMPORT_SESSION_FIXTURE_H_
#define AKIN_TESTS_SERVER_IMPORT_SESSION_FIXTURE_H_

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "server/import_session.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::server {

inline constexpr char kVectors[] = "a 1 2\nb 3 4\n";  // 12 bytes
inline constexpr char kIds[] = "x\ny\n";

inline v1::ImportBegin Begin() {
  v1::ImportBegin begin;
  begin.set_model("m");
  begin.set_import_id("night-1");
  v1::ImportTable* words = begin.add_tables();
  words->set_name("words");
  words->set_file_name("words.txt");
  words->set_file_bytes(12);
  words->set_stamp("1.5");
  v1::ImportTable* items = begin.add_tables();
  items->set_name("items");
  items->set_file_name("items.npy");
  items->set_file_bytes(30);
  items->set_ids_file_name("items.ids");
  items->set_ids_bytes(4);
  return begin;
}

inline v1::ImportChunk Chunk(const std::string& table, bool ids,
                             uint64_t offset, const std::string& data) {
  v1::ImportChunk chunk;
  chunk.set_table(table);
  if (ids) chunk.set_file(v1::IMPORT_FILE_IDS);
  chunk.set_offset(offset);
  chunk.set_data(data);
  return chunk;
}

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ImportSessionTest : public testing::Test {
 protected:
  ImportSessionTest() {
    std::filesystem::create_directory(options_.repository);
    options_.sync_bytes = 8;
  }

  auto Open(const v1::ImportBegin& begin = Begin()) {
    return ImportSession::Open(options_, begin);
  }
  // Refused, with nothing left.
  void ExpectRefused(const std::function<void(v1::ImportBegin*)>& spoil,
                     const std::string& sentence) {
    v1::ImportBegin begin = Begin();
    spoil(&begin);
    EXPECT_THAT(Open(begin), IsStatus(absl::StatusCode::kInvalidArgument,
                                      testing::HasSubstr(sentence)));
    EXPECT_TRUE(std::filesystem::is_empty(options_.repository)) << sentence;
  }
  std::string Folder() const {
    return options_.repository + "/m/.import-night-1";
  }
  static std::vector<uint64_t> OffsetsOf(const ImportSession& session) {
    std::vector<uint64_t> offsets;
    const v1::ImportOffsets there = session.offsets();
    for (const v1::ImportOffset& offset : there.offsets()) {
      offsets.push_back(offset.file_bytes());
      offsets.push_back(offset.ids_bytes());
    }
    return offsets;
  }
  // So that it seems to have been left alone for so long.
  static void Age(const std::string& folder, absl::Duration age) {
    const timespec then = absl::ToTimespec(absl::Now() - age);
    const timespec times[] = {then, then};
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder)) {
      utimensat(AT_FDCWD, entry.path().c_str(), times, 0);
    }
    utimensat(AT_FDCWD, folder.c_str(), times, 0);
  }

  TempDir dir_;
  ImportSession::Options options_{.repository = dir_.Path("repo")};
};

}  // namespace akin::server

#endif  // AKIN_TESTS_SERVER_IMPORT_SESSION_FIXTURE_H_
