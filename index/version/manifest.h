// What a sealed version says of itself: MANIFEST.json in its folder, for
// programs and for people. What stands in it: FORMAT.md beside this file.

#ifndef AKIN_INDEX_VERSION_MANIFEST_H_
#define AKIN_INDEX_VERSION_MANIFEST_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/attribute_value.h"
#include "index/search/calibration.h"
#include "index/table/metric.h"
#include "index/version/load_report.h"

namespace akin {

inline constexpr uint32_t kManifestFormat = 1;
inline constexpr absl::string_view kManifestFile = "MANIFEST.json";
inline constexpr absl::string_view kGoldenFile = "golden.jsonl";
// Ten thousand vectors as text are shorter.
inline constexpr size_t kMaxGoldenBytes = size_t{64} << 20;

// What a table's file is called, in the version's folder.
std::string TableFile(absl::string_view table);

// A file that a table was trained into.
struct SourceFile {
  std::string name;  // without its folder
  uint64_t bytes = 0;
  std::string sha256;  // 64 hexadecimal digits; empty: not known
};

// A column of a table's attributes.
struct AttributeManifest {
  std::string name;
  AttributeType type = AttributeType::kKeyword;
  uint64_t rows = 0;      // with a value
  uint64_t keywords = 0;  // distinct ones

  friend bool operator==(const AttributeManifest&,
                         const AttributeManifest&) = default;
};

struct TableManifest {
  std::string name;
  std::string file;  // in the version's folder
  uint64_t file_bytes = 0;
  // Of the file's directory, and so of its contents: no other file will do.
  uint32_t file_sum = 0;
  uint32_t dimension = 0;
  Metric metric = Metric::kCosine;
  uint64_t rows = 0;
  uint64_t memory_bytes = 0;  // when it is loaded
  LoadReport report;
  Calibration calibration;                    // empty: exact
  std::vector<AttributeManifest> attributes;  // as they stand in the file
  std::vector<SourceFile> sources;
};

// The golden queries: what the version has to find (index/query/).
struct GoldenFile {
  std::string file;  // in the version's folder
  uint64_t bytes = 0;
  uint32_t sum = 0;  // CRC-32C
};

struct Manifest {
  std::string model;
  int64_t version = 0;
  int64_t created_unix_seconds = 0;
  std::string training_run;                     // the caller's; may be empty
  std::map<std::string, std::string> metadata;  // the caller's
  std::optional<GoldenFile> golden_queries;
  std::vector<TableManifest> tables;  // in the version's order
};

std::string ManifestJson(const Manifest& manifest);

// The JSON, and behind it a line with its sum.
std::string FormatManifest(const Manifest& manifest);

// `path` is for messages. DATA_LOSS: not as it was written, or not what a
// manifest says. FAILED_PRECONDITION: a format this program does not know.
absl::StatusOr<Manifest> ParseManifest(absl::string_view text,
                                       absl::string_view path);

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_MANIFEST_H_
