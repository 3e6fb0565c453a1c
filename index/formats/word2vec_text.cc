#include "index/formats/word2vec_text.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/text_row.h"

namespace akin {

Word2vecText::Word2vecText(std::unique_ptr<ByteStream> stream,
                           uint32_t dimension, std::optional<uint64_t> rows)
    : stream_(std::move(stream)),
      dimension_(dimension),
      rows_(rows),
      line_number_(rows.has_value() ? 1 : 0) {}

absl::string_view Word2vecText::format() const {
  return rows_.has_value() ? "word2vec text" : "GloVe text";
}

std::optional<uint64_t> Word2vecText::announced_rows() const {
  // Without a file size nobody has held the number against anything.
  return stream_->remaining().has_value() ? rows_ : std::nullopt;
}

absl::StatusOr<bool> Word2vecText::ReadLine() {
  AKIN_ASSIGN_OR_RETURN(const bool found, stream_->ReadLine(&line_));
  if (!found) return false;
  ++line_number_;
  line_ = StripLineEnd(line_);
  return true;
}

absl::Status Word2vecText::CheckEnd() const {
  // A blank line may be a row that was lost.
  if (!rows_.has_value() || rows_seen_ + blank_seen_ >= *rows_) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat(
      stream_->path(), ": truncated: its header announces ", *rows_,
      " rows, the file ends after ", rows_seen_ + blank_seen_));
}

absl::StatusOr<VectorSource::Outcome> Word2vecText::Next(
    absl::Span<float> values, SourceRow* row) {
  row->unit = "line";
  if (!has_line_) {
    AKIN_ASSIGN_OR_RETURN(has_line_, ReadLine());
    while (has_line_ && line_.empty()) {
      ++blank_before_;
      AKIN_ASSIGN_OR_RETURN(has_line_, ReadLine());
    }
    if (!has_line_) {
      blank_before_ = 0;
      AKIN_RETURN_IF_ERROR(CheckEnd());
      return Outcome::kEnd;
    }
  }
  if (blank_before_ > 0) {
    row->id = absl::string_view();
    row->position = line_number_ - blank_before_;
    row->fault = RowFault::kRagged;
    row->detail = absl::StrCat("is blank, expected ", dimension_, " numbers");
    --blank_before_;
    ++blank_seen_;
    return Outcome::kBadRow;
  }
  has_line_ = false;
  if (rows_.has_value() && rows_seen_ == *rows_) {
    return absl::InvalidArgumentError(
        absl::StrCat(stream_->path(), ": line ", line_number_,
                     ": trailing data: its header announces ", *rows_,
                     " rows, here is one more"));
  }
  ++rows_seen_;
  row->position = line_number_;
  return ParseTextRow(line_, values, row) ? Outcome::kRow : Outcome::kBadRow;
}

}  // namespace akin
