#include "index/formats/row_ids.h"

#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/byte_stream.h"

namespace akin {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

class RowNumbers final : public RowIds {
 public:
  absl::StatusOr<absl::string_view> Read(uint64_t row) override {
    const std::to_chars_result end =
        std::to_chars(number_, number_ + sizeof(number_), row);
    return absl::string_view(number_, static_cast<size_t>(end.ptr - number_));
  }
  absl::Status CheckEnd(uint64_t /*rows*/) override { return absl::OkStatus(); }

 private:
  char number_[24];
};

class IdLines final : public RowIds {
 public:
  IdLines(std::unique_ptr<ByteStream> stream, std::string vectors_path,
          std::optional<uint64_t> rows)
      : stream_(std::move(stream)),
        vectors_path_(std::move(vectors_path)),
        rows_(rows) {}

  absl::StatusOr<absl::string_view> Read(uint64_t row) override {
    absl::string_view line;
    AKIN_ASSIGN_OR_RETURN(const bool found, ReadLine(&line));
    if (found) return line;
    return WrongIdCount(stream_->path(), row, vectors_path_, rows_);
  }

  absl::Status CheckEnd(uint64_t rows) override {
    // Blank lines at the end are no ids, so count up to the last that is one.
    uint64_t lines = rows;
    uint64_t ids = rows;
    for (;;) {
      absl::string_view line;
      AKIN_ASSIGN_OR_RETURN(const bool found, ReadLine(&line));
      if (!found) break;
      ++lines;
      if (!line.empty()) ids = lines;
    }
    if (ids == rows) return absl::OkStatus();
    return WrongIdCount(stream_->path(), ids, vectors_path_, rows);
  }

 private:
  absl::StatusOr<bool> ReadLine(absl::string_view* line) {
    AKIN_ASSIGN_OR_RETURN(const bool found, stream_->ReadLine(line));
    if (found && !line->empty() && line->back() == '\r') line->remove_suffix(1);
    return found;
  }

  const std::unique_ptr<ByteStream> stream_;
  const std::string vectors_path_;
  const std::optional<uint64_t> rows_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowIds>> OpenRowIds(
    const std::string& ids_path, const std::string& vectors_path,
    std::optional<uint64_t> rows) {
  if (ids_path.empty()) return std::make_unique<RowNumbers>();
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> stream,
                        ByteStream::Open(ids_path));
  AKIN_ASSIGN_OR_RETURN(const absl::string_view mark,
                        stream->Peek(kByteOrderMark.size()));
  if (mark == kByteOrderMark) stream->Skip(mark.size());
  return std::make_unique<IdLines>(std::move(stream), vectors_path, rows);
}

absl::Status WrongIdCount(const std::string& ids_path, uint64_t ids,
                          const std::string& vectors_path,
                          std::optional<uint64_t> rows) {
  const std::string expected =
      rows.has_value() ? absl::StrCat("each of the ", *rows, " rows")
                       : std::string("each row");
  return absl::InvalidArgumentError(
      absl::StrCat(ids_path, ": has ", ids, ids == 1 ? " id" : " ids",
                   ", expected one for ", expected, " of ", vectors_path));
}

}  // namespace akin
