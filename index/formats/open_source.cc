#include "index/formats/open_source.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/formats/byte_stream.h"
#include "index/formats/csv.h"
#include "index/formats/fasttext_bin.h"
#include "index/formats/fbin.h"
#include "index/formats/foreign_formats.h"
#include "index/formats/hdf5.h"
#include "index/formats/jsonl.h"
#include "index/formats/layout.h"
#include "index/formats/npy.h"
#include "index/formats/npy_header.h"
#include "index/formats/npz.h"
#include "index/formats/number_field.h"
#include "index/formats/raw_format.h"
#include "index/formats/safetensors.h"
#include "index/formats/safetensors_header.h"
#include "index/formats/vecs.h"
#include "index/formats/word2vec_binary.h"
#include "index/formats/word2vec_header.h"
#include "index/formats/word2vec_text.h"
#include "index/formats/zip_archive.h"

namespace akin {
namespace {

using Source = std::unique_ptr<VectorSource>;

constexpr size_t kHeadBytes = size_t{256} << 10;
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Head {
  absl::string_view bytes;
  bool is_all;  // the file ends with it
};

// Enough to see some lines; more only where the lines are very long.
absl::StatusOr<Head> PeekHead(ByteStream* stream) {
  for (const size_t bytes : {kHeadBytes, ByteStream::kMaxPeekBytes}) {
    AKIN_ASSIGN_OR_RETURN(const absl::string_view head, stream->Peek(bytes));
    const bool is_all = head.size() < bytes;
    const size_t first_line = head.find('\n');
    // One line may be a header: there has to be another.
    if (is_all || bytes == ByteStream::kMaxPeekBytes ||
        (first_line != head.npos &&
         head.find('\n', first_line + 1) != head.npos)) {
      return Head{head, is_all};
    }
  }
  return Head{absl::string_view(), true};
}

absl::Status RefuseUnknown(const std::string& path) {
  return absl::InvalidArgumentError(absl::StrCat(
      path,
      ": is in none of the formats akin reads: word2vec text or binary, GloVe "
      "text, fastText .vec (an id, then its numbers, with spaces or tabs "
      "between), CSV, TSV, JSONL, npy, npz, safetensors, fvecs, bvecs, fbin; "
      "npz as it is, fvecs and the like compressed only with format=, the "
      "others plain or compressed with gzip, zstd, xz or bzip2"));
}

absl::StatusOr<Source> OpenRaw(RawFormat format,
                               std::unique_ptr<ByteStream> stream,
                               const std::string& ids_path) {
  const bool vecs = format == RawFormat::kFvecs || format == RawFormat::kBvecs;
  return vecs ? Vecs::Open(format, std::move(stream), ids_path)
              : OpenFbin(format, std::move(stream), ids_path);
}

// `body` is the head behind the header line.
absl::StatusOr<Source> OpenWord2vec(std::unique_ptr<ByteStream> stream,
                                    const HeaderFields& fields,
                                    const Head& body) {
  const std::string& path = stream->path();
  AKIN_ASSIGN_OR_RETURN(const TableShape shape,
                        CheckShape(path, fields.rows, fields.dimension));
  const std::vector<absl::string_view> lines =
      SampleLines(body.bytes, body.is_all);
  const bool binary = IsBinary(body.bytes, lines, shape.dimension);
  if (const std::optional<uint64_t> left = stream->remaining()) {
    AKIN_RETURN_IF_ERROR(
        CheckRoom(path, shape, binary ? kBinaryBytes : kTextBytes, *left));
  }
  if (binary) return std::make_unique<Word2vecBinary>(std::move(stream), shape);
  AKIN_RETURN_IF_ERROR(CheckDimension(path, shape, lines));
  return std::make_unique<Word2vecText>(std::move(stream), shape.dimension,
                                        shape.rows);
}

absl::StatusOr<Source> OpenGlove(std::unique_ptr<ByteStream> stream,
                                 const Head& head) {
  const std::vector<absl::string_view> lines =
      SampleLines(head.bytes, head.is_all);
  const uint32_t dimension = MostCommonNumbers(lines);
  if (dimension == 0) return RefuseUnknown(stream->path());
  if (dimension > kMaxDimension) {
    return absl::InvalidArgumentError(
        absl::StrCat(stream->path(), ": its rows have ", dimension,
                     " numbers, expected 1 to ", kMaxDimension));
  }
  return std::make_unique<Word2vecText>(std::move(stream), dimension,
                                        std::nullopt);
}

absl::StatusOr<Source> OpenCsv(std::unique_ptr<ByteStream> stream,
                               const CsvLayout& layout) {
  if (layout.dimension <= kMaxDimension) {
    return std::make_unique<Csv>(std::move(stream), layout);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(stream->path(), ": its rows have ", layout.dimension,
                   " numbers, expected 1 to ", kMaxDimension));
}

absl::StatusOr<Source> OpenWithIds(std::unique_ptr<ByteStream> stream) {
  AKIN_ASSIGN_OR_RETURN(Head head, PeekHead(stream.get()));
  if (absl::StartsWith(head.bytes, kByteOrderMark)) {
    stream->Skip(kByteOrderMark.size());
    head.bytes.remove_prefix(kByteOrderMark.size());
  }
  if (absl::StartsWith(head.bytes, kFasttextMagic)) {
    return FasttextBin::Open(stream->path());
  }
  if (IsJsonl(head.bytes)) {
    return Jsonl::Open(std::move(stream), SampleLines(head.bytes, head.is_all));
  }
  const size_t feed = head.bytes.find('\n');
  const std::optional<HeaderFields> fields =
      FindHeader(head.bytes.substr(0, feed));
  if (fields.has_value()) {
    const size_t header =
        feed == head.bytes.npos ? head.bytes.size() : feed + 1;
    stream->Skip(header);
    head.bytes.remove_prefix(header);
    return OpenWord2vec(std::move(stream), *fields, head);
  }
  const std::optional<CsvLayout> csv =
      FindCsv(SampleLines(head.bytes, head.is_all));
  if (csv.has_value()) return OpenCsv(std::move(stream), *csv);
  return OpenGlove(std::move(stream), head);
}

// Absent when the content is that of a format with ids, or of none.
absl::StatusOr<std::optional<RawFormat>> FindRaw(const SourceSpec& spec,
                                                 const ByteStream& stream,
                                                 absl::string_view head) {
  if (!spec.format.empty()) return ParseRawFormat(spec.path, spec.format);
  AKIN_RETURN_IF_ERROR(RefuseForeign(spec.path, head));
  const std::optional<uint64_t> size = stream.remaining();
  if (!size.has_value()) return std::nullopt;
  return FindRawFormat(spec.path, head, *size);
}

absl::Status RefuseTensor(const SourceSpec& spec, absl::string_view format) {
  if (spec.tensor.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      spec.path, ": is ", format, ", which has no named tensors; tensor=",
      ShownField(spec.tensor), " belongs to a safetensors, npz or HDF5 file"));
}

absl::StatusOr<Source> OpenZip(const SourceSpec& spec,
                               const ByteStream& stream) {
  if (stream.remaining().has_value()) {
    return OpenNpz(spec.path, spec.tensor, spec.ids_path);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      spec.path,
      ": is a zip archive that is compressed once more, or a pipe; akin reads "
      "npz from a file as numpy writes it: decompress it"));
}

absl::StatusOr<Source> OpenHdf5File(const SourceSpec& spec,
                                    const ByteStream& stream) {
  if (stream.remaining().has_value()) {
    return OpenHdf5(spec.path, spec.tensor, spec.ids_path);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(spec.path,
                   ": is an HDF5 file that is compressed, or a pipe; akin "
                   "reads HDF5 as it is: decompress it"));
}

}  // namespace

absl::StatusOr<Source> OpenVectorSource(const SourceSpec& spec) {
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> stream,
                        ByteStream::Open(spec.path));
  AKIN_ASSIGN_OR_RETURN(const absl::string_view head, stream->Peek(kHeadBytes));
  if (head.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(spec.path, ": is empty"));
  }
  const bool told = !spec.format.empty();
  if (!told && IsZip(head)) return OpenZip(spec, *stream);
  if (!told && absl::StartsWith(head, kHdf5Magic)) {
    return OpenHdf5File(spec, *stream);
  }
  if (!told && IsSafetensors(head)) {
    return OpenSafetensors(std::move(stream), spec.tensor, spec.ids_path);
  }
  if (!told && absl::StartsWith(head, kNpyMagic)) {
    AKIN_RETURN_IF_ERROR(RefuseTensor(spec, "npy"));
    return OpenNpy(std::move(stream), spec.ids_path);
  }
  AKIN_ASSIGN_OR_RETURN(const std::optional<RawFormat> raw,
                        FindRaw(spec, *stream, head));
  if (raw.has_value()) {
    AKIN_RETURN_IF_ERROR(RefuseTensor(spec, NameOf(*raw)));
    return OpenRaw(*raw, std::move(stream), spec.ids_path);
  }
  AKIN_ASSIGN_OR_RETURN(Source source, OpenWithIds(std::move(stream)));
  AKIN_RETURN_IF_ERROR(RefuseTensor(spec, source->format()));
  if (spec.ids_path.empty()) return source;
  return absl::InvalidArgumentError(
      absl::StrCat(spec.path, ": is ", source->format(),
                   ", which holds its own ids; an ids file (", spec.ids_path,
                   ") belongs to a format without (npy, npz, safetensors, "
                   "fvecs, bvecs, fbin)"));
}

}  // namespace akin
