#include "index/formats/npy.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/half.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

static_assert(std::endian::native == std::endian::little,
              "numbers are copied as they are stored");

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

template <typename T>
T Load(const char* bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
  return value;
}

// False when a number does not fit a float; the conversion is then undefined.
bool ConvertDoubles(const char* bytes, absl::Span<float> values) {
  constexpr double kMost = std::numeric_limits<float>::max();
  bool fit = true;
  for (size_t i = 0; i < values.size(); ++i) {
    const double value = Load<double>(bytes, i);
    const bool fits = std::fabs(value) <= kMost;
    fit &= fits;
    values[i] = fits ? static_cast<float>(value) : 0.0f;
  }
  return fit;
}

std::string DescribeTooLarge(const char* bytes, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const double value = Load<double>(bytes, i);
    if (std::isfinite(value) &&
        std::fabs(value) <= std::numeric_limits<float>::max()) {
      continue;
    }
    return absl::StrCat(
        "number ", i + 1, " of ", count, " is ", value,
        std::isfinite(value) ? ", more than a float can hold" : "");
  }
  return "";
}

// False when a number is not finite in float32.
bool Convert(NpyType type, const char* bytes, absl::Span<float> values) {
  switch (type) {
    case NpyType::kFloat32:
      std::memcpy(values.data(), bytes, values.size() * sizeof(float));
      return true;
    case NpyType::kFloat64:
      return ConvertDoubles(bytes, values);
    case NpyType::kFloat16:
      for (size_t i = 0; i < values.size(); ++i) {
        values[i] = HalfToFloat(Load<uint16_t>(bytes, i));
      }
      return true;
    case NpyType::kInt8:
      for (size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(static_cast<signed char>(bytes[i]));
      }
      return true;
  }
  return false;
}

// The next line of an ids file; false at its end.
absl::StatusOr<bool> ReadIdLine(ByteStream* ids, absl::string_view* line) {
  AKIN_ASSIGN_OR_RETURN(const bool found, ids->ReadLine(line));
  if (found && !line->empty() && line->back() == '\r') line->remove_suffix(1);
  return found;
}

}  // namespace

Npy::Npy(std::unique_ptr<ByteStream> stream, std::unique_ptr<ByteStream> ids,
         const NpyHeader& header)
    : stream_(std::move(stream)), ids_(std::move(ids)), header_(header) {}

absl::StatusOr<std::unique_ptr<VectorSource>> Npy::Open(
    std::unique_ptr<ByteStream> stream, std::unique_ptr<ByteStream> ids) {
  AKIN_ASSIGN_OR_RETURN(const NpyHeader header, ReadNpyHeader(stream.get()));
  if (ids != nullptr) {
    AKIN_ASSIGN_OR_RETURN(const absl::string_view mark,
                          ids->Peek(kByteOrderMark.size()));
    if (mark == kByteOrderMark) ids->Skip(mark.size());
  }
  return std::unique_ptr<VectorSource>(
      new Npy(std::move(stream), std::move(ids), header));
}

std::optional<uint64_t> Npy::announced_rows() const {
  // Without a file size nobody has held the number against anything.
  if (!stream_->remaining().has_value()) return std::nullopt;
  return header_.shape.rows;
}

absl::Status Npy::WrongIdCount(uint64_t ids) const {
  return absl::InvalidArgumentError(
      absl::StrCat(ids_->path(), ": has ", ids, ids == 1 ? " id" : " ids",
                   ", expected one for each of the ", header_.shape.rows,
                   " rows of ", stream_->path()));
}

absl::Status Npy::ReadId(SourceRow* row) {
  if (ids_ == nullptr) {
    const std::to_chars_result end =
        std::to_chars(number_, number_ + sizeof(number_), rows_seen_);
    row->id =
        absl::string_view(number_, static_cast<size_t>(end.ptr - number_));
    return absl::OkStatus();
  }
  AKIN_ASSIGN_OR_RETURN(const bool found, ReadIdLine(ids_.get(), &row->id));
  return found ? absl::OkStatus() : WrongIdCount(rows_seen_);
}

absl::Status Npy::CheckEnd() {
  AKIN_ASSIGN_OR_RETURN(const absl::string_view rest, stream_->Peek(1));
  if (!rest.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        stream_->path(), ": byte ", stream_->offset(),
        ": trailing data behind the ", header_.shape.rows, " x ",
        header_.shape.dimension, " numbers that its header announces"));
  }
  if (ids_ == nullptr) return absl::OkStatus();
  // Blank lines at the end are no ids, so count up to the last that is one.
  uint64_t lines = rows_seen_;
  uint64_t ids = rows_seen_;
  for (;;) {
    absl::string_view line;
    AKIN_ASSIGN_OR_RETURN(const bool found, ReadIdLine(ids_.get(), &line));
    if (!found) break;
    ++lines;
    if (!line.empty()) ids = lines;
  }
  return ids == rows_seen_ ? absl::OkStatus() : WrongIdCount(ids);
}

absl::StatusOr<VectorSource::Outcome> Npy::Next(absl::Span<float> values,
                                                SourceRow* row) {
  if (rows_seen_ == header_.shape.rows) {
    AKIN_RETURN_IF_ERROR(CheckEnd());
    return Outcome::kEnd;
  }
  const size_t row_bytes = header_.shape.dimension * BytesOf(header_.type);
  AKIN_ASSIGN_OR_RETURN(const absl::string_view bytes,
                        stream_->Peek(row_bytes));
  if (bytes.size() < row_bytes) {
    return absl::DataLossError(absl::StrCat(
        stream_->path(), ": truncated: its header announces ",
        header_.shape.rows, " rows, the file ends within row ", rows_seen_));
  }
  AKIN_RETURN_IF_ERROR(ReadId(row));
  row->unit = "row";
  row->position = rows_seen_;
  const bool finite = Convert(header_.type, bytes.data(), values);
  if (!finite) {
    row->fault = RowFault::kNotFinite;
    row->detail = DescribeTooLarge(bytes.data(), values.size());
  }
  stream_->Skip(row_bytes);
  ++rows_seen_;
  return finite ? Outcome::kRow : Outcome::kBadRow;
}

}  // namespace akin
