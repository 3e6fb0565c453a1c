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
#include "index/formats/foreign_formats.h"
#include "index/formats/layout.h"
#include "index/formats/npy.h"
#include "index/formats/npy_header.h"
#include "index/formats/word2vec_binary.h"
#include "index/formats/word2vec_header.h"
#include "index/formats/word2vec_text.h"

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
      "between), npy; plain or compressed with gzip, zstd, xz or bzip2"));
}

absl::StatusOr<Source> OpenNpy(std::unique_ptr<ByteStream> stream,
                               const std::string& ids_path) {
  std::unique_ptr<ByteStream> ids;
  if (!ids_path.empty()) {
    AKIN_ASSIGN_OR_RETURN(ids, ByteStream::Open(ids_path));
  }
  return Npy::Open(std::move(stream), std::move(ids));
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

absl::StatusOr<Source> OpenWithIds(std::unique_ptr<ByteStream> stream) {
  AKIN_ASSIGN_OR_RETURN(Head head, PeekHead(stream.get()));
  if (absl::StartsWith(head.bytes, kByteOrderMark)) {
    stream->Skip(kByteOrderMark.size());
    head.bytes.remove_prefix(kByteOrderMark.size());
  }
  const size_t feed = head.bytes.find('\n');
  const std::optional<HeaderFields> fields =
      FindHeader(head.bytes.substr(0, feed));
  if (!fields.has_value()) return OpenGlove(std::move(stream), head);
  const size_t header = feed == head.bytes.npos ? head.bytes.size() : feed + 1;
  stream->Skip(header);
  head.bytes.remove_prefix(header);
  return OpenWord2vec(std::move(stream), *fields, head);
}

}  // namespace

absl::StatusOr<Source> OpenVectorSource(const SourceSpec& spec) {
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> stream,
                        ByteStream::Open(spec.path));
  AKIN_ASSIGN_OR_RETURN(const absl::string_view head, stream->Peek(kHeadBytes));
  if (head.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(spec.path, ": is empty"));
  }
  AKIN_RETURN_IF_ERROR(RefuseForeign(spec.path, head));
  if (absl::StartsWith(head, kNpyMagic)) {
    return OpenNpy(std::move(stream), spec.ids_path);
  }
  AKIN_ASSIGN_OR_RETURN(Source source, OpenWithIds(std::move(stream)));
  if (spec.ids_path.empty()) return source;
  return absl::InvalidArgumentError(
      absl::StrCat(spec.path, ": is ", source->format(),
                   ", which holds its own ids; an ids file (", spec.ids_path,
                   ") belongs to an npy file"));
}

}  // namespace akin
