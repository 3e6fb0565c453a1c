#include "index/formats/vecs.h"

#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

int32_t LoadInt(absl::string_view bytes) {
  int32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

absl::Status Truncated(const std::string& path, uint64_t row) {
  return absl::DataLossError(
      absl::StrCat(path, ": truncated: the file ends within row ", row));
}

}  // namespace

absl::StatusOr<std::unique_ptr<VectorSource>> Vecs::Open(
    RawFormat format, std::unique_ptr<ByteStream> stream,
    const std::string& ids_path) {
  const std::string& path = stream->path();
  AKIN_ASSIGN_OR_RETURN(const absl::string_view head,
                        stream->Peek(sizeof(int32_t)));
  if (head.size() < sizeof(int32_t)) return Truncated(path, 0);
  const int32_t dimension = LoadInt(head);
  if (dimension < 1 || dimension > int32_t{kMaxDimension}) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": its first row has ", dimension,
                     " dimensions, expected 1 to ", kMaxDimension));
  }
  const NumberType type =
      format == RawFormat::kBvecs ? NumberType::kUInt8 : NumberType::kFloat32;
  const std::optional<uint64_t> size = stream->remaining();
  std::unique_ptr<Vecs> vecs(new Vecs(NameOf(format), type,
                                      static_cast<uint32_t>(dimension),
                                      std::move(stream)));
  if (size.has_value()) vecs->rows_ = *size / vecs->row_bytes();
  AKIN_ASSIGN_OR_RETURN(
      vecs->ids_, OpenRowIds(ids_path, vecs->stream_->path(), vecs->rows_));
  return vecs;
}

absl::StatusOr<VectorSource::Outcome> Vecs::Next(absl::Span<float> values,
                                                 SourceRow* row) {
  AKIN_ASSIGN_OR_RETURN(const absl::string_view bytes,
                        stream_->Peek(row_bytes()));
  if (bytes.empty()) {
    AKIN_RETURN_IF_ERROR(ids_->CheckEnd(rows_seen_));
    return Outcome::kEnd;
  }
  if (bytes.size() < sizeof(int32_t)) {
    return Truncated(stream_->path(), rows_seen_);
  }
  const int32_t dimension = LoadInt(bytes);
  if (dimension != static_cast<int32_t>(dimension_)) {
    return absl::DataLossError(
        absl::StrCat(stream_->path(), ": byte ", stream_->offset(), ": row ",
                     rows_seen_, " has ", dimension, " dimensions, expected ",
                     dimension_, "; the file is damaged, or not ", format_));
  }
  if (bytes.size() < row_bytes()) {
    return Truncated(stream_->path(), rows_seen_);
  }
  AKIN_ASSIGN_OR_RETURN(row->id, ids_->Read(rows_seen_));
  row->unit = "row";
  row->position = rows_seen_;
  const bool good =
      ReadStoredNumbers(type_, bytes.data() + sizeof(int32_t), values, row);
  stream_->Skip(row_bytes());
  ++rows_seen_;
  return good ? Outcome::kRow : Outcome::kBadRow;
}

}  // namespace akin
