// The readers of trained files: each for itself, so that no run is lost on
// another, and all together behind OpenVectorSource.

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/formats/byte_stream.h"
#include "index/formats/csv.h"
#include "index/formats/fasttext_bin.h"
#include "index/formats/fbin.h"
#include "index/formats/jsonl.h"
#include "index/formats/layout.h"
#include "index/formats/npy.h"
#include "index/formats/npz.h"
#include "index/formats/open_source.h"
#include "index/formats/raw_format.h"
#include "index/formats/safetensors.h"
#include "index/formats/vecs.h"
#include "index/formats/word2vec_binary.h"
#include "index/formats/word2vec_header.h"
#include "index/formats/word2vec_text.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/promises.h"

namespace akin {
namespace {

using Source = absl::StatusOr<std::unique_ptr<VectorSource>>;
using Stream = std::unique_ptr<ByteStream>;

// Enough to come to the end of what a small file can hold; compressed ones may
// decode to gigabytes.
constexpr uint64_t kMostRows = 100'000;
constexpr size_t kHeadBytes = size_t{64} << 10;

void CheckOpen(const VectorSource& source, size_t file_bytes) {
  const uint32_t dimension = source.dimension();
  Require(dimension >= 1 && dimension <= kMaxDimension, "a dimension in range");
  const std::optional<uint64_t> announced = source.announced_rows();
  Require(!announced.has_value() || *announced * dimension <= file_bytes,
          "announced rows have room in the file");
}

// True: at least two rows, and no error.
bool ReadToEnd(const Source& source, const MemoryFile& file,
               size_t file_bytes) {
  if (!source.ok()) {
    RequireFileError(source.status(), file.path());
    return false;
  }
  CheckOpen(**source, file_bytes);
  std::vector<float> values((*source)->dimension());
  SourceRow row;
  uint64_t good = 0;
  uint64_t id_sum = 0;
  for (uint64_t rows = 0; rows < kMostRows; ++rows) {
    const absl::StatusOr<VectorSource::Outcome> outcome =
        (*source)->Next(absl::MakeSpan(values), &row);
    if (!outcome.ok()) {
      RequireFileError(outcome.status(), file.path());
      return false;
    }
    if (*outcome == VectorSource::Outcome::kEnd) break;
    if (*outcome == VectorSource::Outcome::kRow) {
      ++good;
      // Every byte of it may be read: AddressSanitizer looks on.
      for (const char byte : row.id) id_sum += static_cast<uint8_t>(byte);
    } else {
      Require(!row.detail.empty(), "a bad row says what is wrong");
    }
  }
  return good >= 2 && id_sum > 0;
}

// What the first byte asks for: mostly nothing.
SourceSpec SpecOf(unsigned char choice) {
  constexpr const char* kFormats[] = {"fvecs", "bvecs", "fbin", "u8bin",
                                      "i8bin"};
  SourceSpec spec;
  if (choice >= 1 && choice <= 5) spec.format = kFormats[choice - 1];
  if (choice == 6) spec.tensor = "e";
  return spec;
}

bool ReadAny(absl::string_view input) {
  if (input.empty()) return false;
  const MemoryFile file(input.substr(1));
  SourceSpec spec = SpecOf(static_cast<unsigned char>(input.front()));
  spec.path = file.path();
  return ReadToEnd(OpenVectorSource(spec), file, input.size());
}

template <class OpenStream>
bool ReadStream(absl::string_view input, const OpenStream& open) {
  const MemoryFile file(input);
  absl::StatusOr<Stream> stream = ByteStream::Open(file.path());
  // It may begin as a compressed file does.
  if (!stream.ok()) return ReadToEnd(stream.status(), file, input.size());
  return ReadToEnd(open(*std::move(stream)), file, input.size());
}

absl::Status NotThis(const ByteStream& stream) {
  return absl::InvalidArgumentError(
      absl::StrCat(stream.path(), ": is another format"));
}

// Behind the header, which has room in what follows.
absl::StatusOr<TableShape> TakeHeader(LeastBytes least, ByteStream* stream) {
  absl::string_view line;
  AKIN_ASSIGN_OR_RETURN(const bool any, stream->ReadLine(&line));
  const std::optional<HeaderFields> fields = FindHeader(line);
  if (!any || !fields.has_value()) return NotThis(*stream);
  AKIN_ASSIGN_OR_RETURN(
      const TableShape shape,
      CheckShape(stream->path(), fields->rows, fields->dimension));
  if (const std::optional<uint64_t> left = stream->remaining()) {
    AKIN_RETURN_IF_ERROR(CheckRoom(stream->path(), shape, least, *left));
  }
  return shape;
}

bool ReadWord2vecText(absl::string_view input) {
  return ReadStream(input, [](Stream stream) -> Source {
    AKIN_ASSIGN_OR_RETURN(const TableShape shape,
                          TakeHeader(kTextBytes, stream.get()));
    return std::make_unique<Word2vecText>(std::move(stream), shape.dimension,
                                          shape.rows);
  });
}

bool ReadWord2vecBinary(absl::string_view input) {
  return ReadStream(input, [](Stream stream) -> Source {
    AKIN_ASSIGN_OR_RETURN(const TableShape shape,
                          TakeHeader(kBinaryBytes, stream.get()));
    return std::make_unique<Word2vecBinary>(std::move(stream), shape);
  });
}

// `open` gets the stream and its first lines.
template <class OpenLines>
bool ReadLines(absl::string_view input, const OpenLines& open) {
  return ReadStream(input, [&](Stream stream) -> Source {
    AKIN_ASSIGN_OR_RETURN(const absl::string_view head,
                          stream->Peek(kHeadBytes));
    const std::vector<absl::string_view> lines =
        SampleLines(head, head.size() < kHeadBytes);
    return open(std::move(stream), lines);
  });
}

using Lines = std::vector<absl::string_view>;

bool ReadGlove(absl::string_view input) {
  return ReadLines(input, [](Stream stream, const Lines& lines) -> Source {
    const uint32_t dimension = MostCommonNumbers(lines);
    if (dimension == 0 || dimension > kMaxDimension) return NotThis(*stream);
    return std::make_unique<Word2vecText>(std::move(stream), dimension,
                                          std::nullopt);
  });
}

bool ReadJsonl(absl::string_view input) {
  return ReadLines(input, [](Stream stream, const Lines& lines) {
    return Jsonl::Open(std::move(stream), lines);
  });
}

bool ReadCsv(absl::string_view input) {
  return ReadLines(input, [](Stream stream, const Lines& lines) -> Source {
    const std::optional<CsvLayout> layout = FindCsv(lines);
    if (!layout.has_value() || layout->dimension > kMaxDimension) {
      return NotThis(*stream);
    }
    return std::make_unique<Csv>(std::move(stream), *layout);
  });
}

bool ReadNpy(absl::string_view input) {
  return ReadStream(
      input, [](Stream stream) { return OpenNpy(std::move(stream), ""); });
}

bool ReadNpz(absl::string_view input) {
  const MemoryFile file(input);
  // Decoded, its arrays may be a thousand times as large.
  return ReadToEnd(OpenNpz(file.path(), "", ""), file, 1100 * input.size());
}

// The input is the JSON, so that no run is lost on the eight bytes of its
// length.
bool ReadSafetensors(absl::string_view input) {
  const uint64_t length = input.size();
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  absl::StrAppend(&bytes, input, std::string(64, '\x3C'));  // and the tensors
  return ReadStream(bytes, [](Stream stream) {
    return OpenSafetensors(std::move(stream), "", "");
  });
}

bool ReadFasttext(absl::string_view input) {
  const MemoryFile file(input);
  return ReadToEnd(FasttextBin::Open(file.path()), file, input.size());
}

template <RawFormat format>
bool ReadRaw(absl::string_view input) {
  return ReadStream(input, [](Stream stream) {
    return format == RawFormat::kFvecs || format == RawFormat::kBvecs
               ? Vecs::Open(format, std::move(stream), "")
               : OpenFbin(format, std::move(stream), "");
  });
}

constexpr FuzzTarget kTargets[] = {
    {"open_source", ReadAny},
    {"word2vec_text", ReadWord2vecText},
    {"word2vec_binary", ReadWord2vecBinary},
    {"glove", ReadGlove},
    {"jsonl", ReadJsonl},
    {"csv", ReadCsv},
    {"npy", ReadNpy},
    {"npz", ReadNpz},
    {"safetensors", ReadSafetensors},
    {"fasttext", ReadFasttext},
    {"fvecs", ReadRaw<RawFormat::kFvecs>},
    {"bvecs", ReadRaw<RawFormat::kBvecs>},
    {"fbin", ReadRaw<RawFormat::kFbin>},
    {"i8bin", ReadRaw<RawFormat::kI8bin>},
};

}  // namespace

absl::Span<const FuzzTarget> VectorTargets() { return kTargets; }

}  // namespace akin
