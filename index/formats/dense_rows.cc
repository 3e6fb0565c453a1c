#include "index/formats/dense_rows.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"

namespace akin {

DenseRows::DenseRows(std::unique_ptr<ByteStream> stream,
                     std::unique_ptr<RowIds> ids, const DenseLayout& layout)
    : stream_(std::move(stream)), ids_(std::move(ids)), layout_(layout) {}

std::optional<uint64_t> DenseRows::announced_rows() const {
  // Without a file size nobody has held the number against anything.
  if (!stream_->remaining().has_value()) return std::nullopt;
  return layout_.shape.rows;
}

absl::Status DenseRows::CheckEnd() {
  AKIN_ASSIGN_OR_RETURN(const uint64_t skipped,
                        stream_->SkipAhead(layout_.bytes_behind));
  if (skipped < layout_.bytes_behind) {
    return absl::DataLossError(
        absl::StrCat(stream_->path(), ": truncated: its header announces ",
                     layout_.bytes_behind,
                     " bytes behind the rows, the file has ", skipped));
  }
  AKIN_ASSIGN_OR_RETURN(const absl::string_view rest, stream_->Peek(1));
  if (!rest.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        stream_->path(), ": byte ", stream_->offset(),
        ": trailing data behind the ", layout_.shape.rows, " x ",
        layout_.shape.dimension, " numbers that its header announces"));
  }
  return ids_->CheckEnd(rows_seen_);
}

absl::StatusOr<VectorSource::Outcome> DenseRows::Next(absl::Span<float> values,
                                                      SourceRow* row) {
  if (rows_seen_ == layout_.shape.rows) {
    AKIN_RETURN_IF_ERROR(CheckEnd());
    return Outcome::kEnd;
  }
  const size_t row_bytes = layout_.shape.dimension * BytesOf(layout_.type);
  AKIN_ASSIGN_OR_RETURN(const absl::string_view bytes,
                        stream_->Peek(row_bytes));
  if (bytes.size() < row_bytes) {
    return absl::DataLossError(absl::StrCat(
        stream_->path(), ": truncated: its header announces ",
        layout_.shape.rows, " rows, the file ends within row ", rows_seen_));
  }
  AKIN_ASSIGN_OR_RETURN(row->id, ids_->Read(rows_seen_));
  row->unit = "row";
  row->position = rows_seen_;
  const bool good = ReadStoredNumbers(layout_.type, bytes.data(), values, row);
  stream_->Skip(row_bytes);
  ++rows_seen_;
  return good ? Outcome::kRow : Outcome::kBadRow;
}

}  // namespace akin
