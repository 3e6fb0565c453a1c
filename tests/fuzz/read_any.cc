#include "tests/fuzz/read_any.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/formats/open_source.h"

namespace akin {
namespace {

// Enough to come to the end of what a small file can hold; compressed ones may
// decode to gigabytes.
constexpr uint64_t kMostRows = 100'000;

void Require(bool condition, absl::string_view promise) {
  if (condition) return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(promise.size()),
               promise.data());
  std::abort();
}

// A file in memory, with a path.
class MemoryFile {
 public:
  explicit MemoryFile(absl::string_view bytes)
      : descriptor_(memfd_create("akin-fuzz", MFD_CLOEXEC)) {
    Require(descriptor_ >= 0, "a file in memory");
    while (!bytes.empty()) {
      const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
      Require(written > 0, "a file in memory takes bytes");
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const {
    return absl::StrCat("/proc/self/fd/", descriptor_);
  }

 private:
  const int descriptor_;
};

// What the first byte asks for: mostly nothing.
SourceSpec SpecOf(unsigned char choice) {
  constexpr const char* kFormats[] = {"fvecs", "bvecs", "fbin", "u8bin",
                                      "i8bin"};
  SourceSpec spec;
  if (choice >= 1 && choice <= 5) spec.format = kFormats[choice - 1];
  if (choice == 6) spec.tensor = "e";
  return spec;
}

void CheckError(const absl::Status& status, const std::string& path) {
  Require(absl::StartsWith(status.message(), path + ": "),
          "a sentence begins with the path");
  Require(absl::IsInvalidArgument(status) || absl::IsDataLoss(status),
          "an error of the file is INVALID_ARGUMENT or DATA_LOSS");
}

}  // namespace

FuzzResult ReadAny(absl::string_view input) {
  FuzzResult result;
  if (input.empty()) return result;
  const MemoryFile file(input.substr(1));
  SourceSpec spec = SpecOf(static_cast<unsigned char>(input.front()));
  spec.path = file.path();
  const absl::StatusOr<std::unique_ptr<VectorSource>> source =
      OpenVectorSource(spec);
  if (!source.ok()) {
    CheckError(source.status(), spec.path);
    return result;
  }
  result.opened = true;
  const uint32_t dimension = (*source)->dimension();
  Require(dimension >= 1 && dimension <= kMaxDimension, "a dimension in range");
  const auto announced = (*source)->announced_rows();
  Require(!announced.has_value() || *announced * dimension <= input.size(),
          "announced rows have room in the file");
  std::vector<float> values(dimension);
  SourceRow row;
  for (uint64_t rows = 0; rows < kMostRows; ++rows) {
    const absl::StatusOr<VectorSource::Outcome> outcome =
        (*source)->Next(absl::MakeSpan(values), &row);
    if (!outcome.ok()) {
      CheckError(outcome.status(), spec.path);
      return result;
    }
    if (*outcome == VectorSource::Outcome::kEnd) return result;
    if (*outcome == VectorSource::Outcome::kRow) {
      ++result.rows;
      // Every byte of it may be read: AddressSanitizer looks on.
      for (const char byte : row.id)
        result.id_sum += static_cast<uint8_t>(byte);
    } else {
      Require(!row.detail.empty(), "a bad row says what is wrong");
    }
  }
  return result;
}

}  // namespace akin
