#include "index/formats/fbin.h"

#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/dense_rows.h"
#include "index/formats/row_ids.h"

namespace akin {
namespace {

NumberType TypeOf(RawFormat format) {
  if (format == RawFormat::kU8bin) return NumberType::kUInt8;
  if (format == RawFormat::kI8bin) return NumberType::kInt8;
  return NumberType::kFloat32;
}

absl::Status Truncated(const std::string& path, absl::string_view why) {
  return absl::DataLossError(absl::StrCat(path, ": truncated: ", why));
}

}  // namespace

absl::StatusOr<std::unique_ptr<VectorSource>> OpenFbin(
    RawFormat format, std::unique_ptr<ByteStream> stream,
    const std::string& ids_path) {
  const std::string& path = stream->path();
  uint32_t numbers[2];
  AKIN_ASSIGN_OR_RETURN(const absl::string_view head,
                        stream->Peek(sizeof(numbers)));
  if (head.size() < sizeof(numbers)) {
    return Truncated(path, "the file ends within its header");
  }
  std::memcpy(numbers, head.data(), sizeof(numbers));
  stream->Skip(sizeof(numbers));
  DenseLayout layout{NameOf(format), TypeOf(format), {}};
  AKIN_ASSIGN_OR_RETURN(layout.shape, CheckShape(path, absl::StrCat(numbers[0]),
                                                 absl::StrCat(numbers[1])));
  if (const std::optional<uint64_t> left = stream->remaining()) {
    const uint64_t needed =
        layout.shape.rows * layout.shape.dimension * BytesOf(layout.type);
    if (*left < needed) {
      return Truncated(
          path,
          absl::StrCat("its header announces ", layout.shape.rows, " x ",
                       layout.shape.dimension, " numbers, which take ", needed,
                       " bytes, but only ", *left, " bytes follow it"));
    }
  }
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<RowIds> ids,
                        OpenRowIds(ids_path, path, layout.shape.rows));
  return std::make_unique<DenseRows>(std::move(stream), std::move(ids), layout);
}

}  // namespace akin
