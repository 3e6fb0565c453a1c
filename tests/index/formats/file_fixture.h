// Files written for one test, and whole sources read at once.

#ifndef AKIN_TESTS_INDEX_FORMATS_FILE_FIXTURE_H_
#define AKIN_TESTS_INDEX_FORMATS_FILE_FIXTURE_H_

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/formats/open_source.h"

namespace akin {

// A folder of its own for each test, gone afterwards.
class FileFixture : public testing::Test {
 protected:
  FileFixture() {
    std::string name =
        (std::filesystem::temp_directory_path() / "akin-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~FileFixture() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string Path(const std::string& name) const { return folder_ / name; }

  std::string Write(const std::string& name, const std::string& bytes) const {
    // ext4 flushes a file that is written over, but not a new one.
    std::filesystem::remove(Path(name));
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }

 private:
  std::filesystem::path folder_;
};

// The raw bytes of a value, for binary files.
template <typename T>
std::string BytesOfValue(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

template <typename T>
std::string BytesOfValues(const std::vector<T>& values) {
  std::string bytes;
  for (const T value : values) bytes += BytesOfValue(value);
  return bytes;
}

// `filter` is one of ARCHIVE_FILTER_GZIP, _ZSTD, _XZ, _BZIP2.
inline std::string Compress(const std::string& bytes, int filter) {
  std::string out(bytes.size() * 2 + 65536, '\0');
  size_t used = 0;
  struct archive* writer = archive_write_new();
  archive_write_add_filter(writer, filter);
  archive_write_set_format_raw(writer);
  archive_write_set_bytes_per_block(writer, 0);
  archive_write_open_memory(writer, out.data(), out.size(), &used);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_write_header(writer, entry);
  archive_write_data(writer, bytes.data(), bytes.size());
  archive_entry_free(entry);
  archive_write_close(writer);
  archive_write_free(writer);
  out.resize(used);
  return out;
}

struct ReadRow {
  std::string id;
  std::string place;  // "line 3"
  std::vector<float> values;
};

struct ReadFile {
  absl::Status status;
  std::string format;
  uint32_t dimension = 0;
  std::optional<uint64_t> announced;
  std::vector<ReadRow> rows;
  std::vector<std::string> bad;  // "line 3: ragged: has 1 number, expected 2"

  std::vector<std::string> ids() const {
    std::vector<std::string> out;
    for (const ReadRow& row : rows) out.push_back(row.id);
    return out;
  }
};

// Reads until the end or the first error.
inline ReadFile ReadAll(const SourceSpec& spec) {
  ReadFile out;
  absl::StatusOr<std::unique_ptr<VectorSource>> source = OpenVectorSource(spec);
  out.status = source.status();
  if (!source.ok()) return out;
  out.format = absl::StrCat((*source)->format());
  out.dimension = (*source)->dimension();
  out.announced = (*source)->announced_rows();
  EXPECT_GE(out.dimension, 1u);
  EXPECT_LE(out.dimension, kMaxDimension);
  std::vector<float> values(out.dimension);
  SourceRow row;
  for (;;) {
    absl::StatusOr<VectorSource::Outcome> outcome =
        (*source)->Next(absl::MakeSpan(values), &row);
    out.status = outcome.status();
    if (!outcome.ok() || *outcome == VectorSource::Outcome::kEnd) return out;
    std::string place = absl::StrCat(row.unit, " ", row.position);
    if (*outcome == VectorSource::Outcome::kRow) {
      out.rows.push_back({absl::StrCat(row.id), std::move(place), values});
    } else {
      out.bad.push_back(
          absl::StrCat(place, ": ", RowFaultName(row.fault), ": ", row.detail));
    }
  }
}

inline ReadFile ReadAll(const std::string& path, const std::string& ids = "") {
  return ReadAll(SourceSpec{path, ids});
}

// The sentence of the error, with the path's folder left out.
inline std::string ErrorOf(const ReadFile& file, const std::string& path) {
  std::string message(file.status.message());
  const std::string folder =
      std::filesystem::path(path).parent_path().string() + "/";
  for (size_t at; (at = message.find(folder)) != std::string::npos;) {
    message.erase(at, folder.size());
  }
  return message;
}

// A version 1.0 .npy file.
inline std::string NpyFile(const std::string& dict, const std::string& data) {
  std::string header = dict;
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) +
         BytesOfValue(static_cast<uint16_t>(header.size())) + header + data;
}

inline std::string NpyDict(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr +
         "', 'fortran_order': False, 'shape': " + shape + ", }";
}

// A .safetensors file: `json` after its length, then `data`.
inline std::string SafetensorsFile(const std::string& json,
                                   const std::string& data) {
  return BytesOfValue(uint64_t{json.size()}) + json + data;
}

// A zip archive of files, stored, or deflated by libarchive.
inline std::string ZipFile(
    const std::vector<std::pair<std::string, std::string>>& files,
    bool deflate = false) {
  size_t bytes = 65536;
  for (const auto& [name, content] : files) {
    bytes += 512 + 2 * content.size();
  }
  std::string out(bytes, '\0');
  size_t used = 0;
  struct archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  if (deflate) {
    archive_write_zip_set_compression_deflate(writer);
  } else {
    archive_write_zip_set_compression_store(writer);
  }
  archive_write_set_bytes_per_block(writer, 0);
  archive_write_open_memory(writer, out.data(), out.size(), &used);
  for (const auto& [name, content] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<int64_t>(content.size()));
    archive_write_header(writer, entry);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  out.resize(used);
  return out;
}

// A row of fvecs (float) or bvecs (uint8_t).
template <typename T>
std::string VecsRow(const std::vector<T>& values) {
  return BytesOfValue(static_cast<int32_t>(values.size())) +
         BytesOfValues(values);
}

// fbin (float), u8bin (uint8_t), i8bin (int8_t).
template <typename T>
std::string BinFile(uint32_t rows, uint32_t dimension,
                    const std::vector<T>& values) {
  return BytesOfValue(rows) + BytesOfValue(dimension) + BytesOfValues(values);
}

struct FasttextModel {
  int32_t version = 12;
  int32_t dimension = 2;
  int32_t buckets = 2;
  int32_t least = 3;
  int32_t most = 3;
  std::vector<std::string> words = {"</s>", "ab"};
  std::vector<std::string> labels = {"__label__x"};
  int64_t pruned = -1;
  int8_t quantised = 0;
  // Of the input matrix: a row a word, then one a bucket.
  std::vector<float> numbers = {1, 2, 3, 4, 10, 20, 30, 40};
};

// A fastText .bin of it.
inline std::string FasttextFile(const FasttextModel& model) {
  std::string bytes = BytesOfValues(std::vector<int32_t>{
      793712314, model.version, model.dimension, 5, 5, 1, 5, 1, 1, 1,
      model.buckets, model.least, model.most, 100});
  bytes += BytesOfValue(1e-4);
  const auto words = static_cast<int32_t>(model.words.size());
  const auto labels = static_cast<int32_t>(model.labels.size());
  bytes += BytesOfValues(std::vector<int32_t>{words + labels, words, labels});
  bytes += BytesOfValues(std::vector<int64_t>{1000, model.pruned});
  for (const auto* list : {&model.words, &model.labels}) {
    for (const std::string& word : *list) {
      bytes += word + '\0' + BytesOfValue(int64_t{7});
      bytes += list == &model.labels ? '\1' : '\0';
    }
  }
  bytes += BytesOfValue(model.quantised);
  bytes += BytesOfValues(
      std::vector<int64_t>{words + model.buckets, model.dimension});
  bytes += BytesOfValues(model.numbers);
  bytes += '\0';
  bytes += BytesOfValues(std::vector<int64_t>{1, model.dimension});
  const auto columns = static_cast<size_t>(std::max(0, model.dimension));
  return bytes + std::string(4 * columns, 'x');
}

}  // namespace akin

#endif  // AKIN_TESTS_INDEX_FORMATS_FILE_FIXTURE_H_
