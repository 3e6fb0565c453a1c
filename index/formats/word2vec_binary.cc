#include "index/formats/word2vec_binary.h"

#include <bit>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"

namespace akin {

static_assert(std::endian::native == std::endian::little,
              "floats are copied as they are stored");

Word2vecBinary::Word2vecBinary(std::unique_ptr<ByteStream> stream,
                               const TableShape& shape)
    : stream_(std::move(stream)), shape_(shape) {}

std::optional<uint64_t> Word2vecBinary::announced_rows() const {
  // Without a file size nobody has held the number against anything.
  if (!stream_->remaining().has_value()) return std::nullopt;
  return shape_.rows;
}

absl::Status Word2vecBinary::SkipNewlines() {
  for (;;) {
    AKIN_ASSIGN_OR_RETURN(const absl::string_view next, stream_->Peek(1));
    if (next != "\n") return absl::OkStatus();
    stream_->Skip(1);
  }
}

absl::Status Word2vecBinary::Truncated() const {
  return absl::DataLossError(absl::StrCat(
      stream_->path(), ": byte ", stream_->offset(),
      ": truncated: its header announces ", shape_.rows, " x ",
      shape_.dimension, ", the file ends within row ", rows_seen_ + 1));
}

absl::Status Word2vecBinary::CheckEnd() {
  AKIN_ASSIGN_OR_RETURN(absl::string_view rest, stream_->Peek(1));
  if (rest == "\n") {
    stream_->Skip(1);
    AKIN_ASSIGN_OR_RETURN(rest, stream_->Peek(1));
  }
  if (rest.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(stream_->path(), ": byte ", stream_->offset(),
                   ": trailing data behind the ", shape_.rows, " x ",
                   shape_.dimension, " numbers that its header announces"));
}

absl::StatusOr<VectorSource::Outcome> Word2vecBinary::Next(
    absl::Span<float> values, SourceRow* row) {
  if (rows_seen_ == shape_.rows) {
    AKIN_RETURN_IF_ERROR(CheckEnd());
    return Outcome::kEnd;
  }
  AKIN_RETURN_IF_ERROR(SkipNewlines());
  // One Peek for the whole row: the id stays valid with the numbers behind it.
  const size_t vector_bytes = sizeof(float) * shape_.dimension;
  AKIN_ASSIGN_OR_RETURN(const absl::string_view head,
                        stream_->Peek(kMaxBinaryIdBytes + 1 + vector_bytes));
  const size_t space = head.substr(0, kMaxBinaryIdBytes + 1).find(' ');
  if (space == absl::string_view::npos) {
    if (head.size() <= kMaxBinaryIdBytes) return Truncated();
    return absl::DataLossError(absl::StrCat(
        stream_->path(), ": byte ", stream_->offset(), ": row ", rows_seen_ + 1,
        " has no id: expected a space within ", kMaxBinaryIdBytes,
        " bytes; the file is damaged, or its rows do not have ",
        shape_.dimension, " numbers"));
  }
  if (head.size() - space - 1 < vector_bytes) return Truncated();
  row->id = head.substr(0, space);
  row->unit = "byte";
  row->position = stream_->offset();
  std::memcpy(values.data(), head.data() + space + 1, vector_bytes);
  stream_->Skip(space + 1 + vector_bytes);
  ++rows_seen_;
  return Outcome::kRow;
}

}  // namespace akin
