// What is kept in a repository, where people and other programs can write.

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "index/base/crc32c.h"
#include "index/base/sealed_file.h"
#include "index/base/worker_pool.h"
#include "index/version/labels.h"
#include "index/version/manifest.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/promises.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

// These have to be files of their own, which are opened without following a
// link. The folder goes away with the process.
const TempDir& Folder() {
  static const TempDir dir;
  return dir;
}

bool ReadLabelsFile(absl::string_view input) {
  static const bool made =
      std::filesystem::create_directory(Folder().Path("m"));
  Require(made, "a folder for a model");
  Folder().Write(absl::StrCat("m/", kLabelsFile), input);
  const absl::StatusOr<Labels> labels = ReadLabels(Folder().Path(""), "m");
  if (!labels.ok()) {
    RequireInvalidArgument(labels.status());
    return false;
  }
  for (const auto& [name, target] : *labels) {
    Require(CheckLabel(name, target).ok(), "labels are checked");
  }
  return !labels->empty();
}

// The input is the JSON: no mutation would find its sum.
bool ReadManifestText(absl::string_view input) {
  std::string text(input);
  absl::StrAppendFormat(&text, "{\"crc32c\": \"%08x\"}\n", Crc32c(input));
  const absl::StatusOr<Manifest> manifest = ParseManifest(text, "MANIFEST");
  if (!manifest.ok()) {
    Require(absl::IsDataLoss(manifest.status()) ||
                absl::IsFailedPrecondition(manifest.status()),
            "an error is DATA_LOSS, or FAILED_PRECONDITION of the format");
    return false;
  }
  // What it says of itself is as good, and says the same.
  const std::string again = FormatManifest(*manifest);
  const absl::StatusOr<Manifest> second = ParseManifest(again, "MANIFEST");
  Require(second.ok(), "what FormatManifest writes can be read");
  Require(FormatManifest(*second) == again, "and is the same");
  return true;
}

template <class T>
T NumberAt(absl::string_view bytes, size_t at) {
  T number;
  std::memcpy(&number, bytes.data() + at, sizeof(T));
  return number;
}

// With the sums of directory and footer set right, which no mutation would
// find, so that damage is met behind them (FORMAT.md).
std::string WithRightSums(absl::string_view input) {
  constexpr size_t kFooterBytes = 32;
  std::string file(input);
  if (file.size() < kFooterBytes) return file;
  const size_t footer = file.size() - kFooterBytes;
  const auto put = [&](size_t at, uint32_t sum) {
    std::memcpy(file.data() + at, &sum, sizeof(sum));
  };
  const auto begin = NumberAt<uint64_t>(file, footer);
  if (begin <= footer) {
    put(footer + 16,
        Crc32c(absl::string_view(file).substr(begin, footer - begin)));
  }
  put(footer + 20, Crc32c(absl::string_view(file).substr(footer, 20)));
  return file;
}

bool ReadSealedFile(absl::string_view input) {
  static WorkerPool* const pool = new WorkerPool(1);
  const std::string path = Folder().Write("sealed", WithRightSums(input));
  const absl::StatusOr<SealedFile> file = SealedFile::Open(path);
  if (!file.ok()) {
    Require(absl::IsDataLoss(file.status()) ||
                absl::IsFailedPrecondition(file.status()),
            "an error is DATA_LOSS, or FAILED_PRECONDITION of the format");
    return false;
  }
  bool whole = !file->sections().empty();
  for (const SealedSection& section : file->sections()) {
    Require(section.bytes <= input.size(), "a section lies in the file");
    const auto bytes = file->ReadVector<char>(section.name, input.size(), pool);
    if (!bytes.ok()) {
      Require(absl::IsDataLoss(bytes.status()), "an error is DATA_LOSS");
      whole = false;
    }
  }
  return whole;
}

constexpr FuzzTarget kTargets[] = {
    {"labels", ReadLabelsFile},
    {"manifest", ReadManifestText},
    {"sealed_file", ReadSealedFile},
};

}  // namespace

absl::Span<const FuzzTarget> RepositoryTargets() { return kTargets; }

}  // namespace akin
