#include "index/formats/safetensors.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "index/base/status_macros.h"
#include "index/formats/dense_rows.h"
#include "index/formats/number_field.h"
#include "index/formats/row_ids.h"
#include "index/formats/safetensors_header.h"
#include "index/formats/tensor_choice.h"

namespace akin {
namespace {

std::optional<NumberType> TypeOf(absl::string_view dtype) {
  if (dtype == "F32") return NumberType::kFloat32;
  if (dtype == "F16") return NumberType::kFloat16;
  if (dtype == "BF16") return NumberType::kBFloat16;
  if (dtype == "F64") return NumberType::kFloat64;
  if (dtype == "I8") return NumberType::kInt8;
  return std::nullopt;
}

std::vector<NamedTensor> NamesOf(const SafetensorsHeader& header) {
  std::vector<NamedTensor> named;
  named.reserve(header.tensors.size());
  for (const StoredTensor& tensor : header.tensors) {
    named.push_back(
        {tensor.name,
         absl::StrCat(absl::StrJoin(tensor.shape, " x "), ", ",
                      tensor.dtype.substr(0, 16)),
         tensor.shape.size() == 2 && TypeOf(tensor.dtype).has_value()});
  }
  return named;
}

absl::StatusOr<DenseLayout> LayoutOf(const std::string& path,
                                     const StoredTensor& tensor) {
  const std::string name = ShownField(tensor.name);
  const std::optional<NumberType> type = TypeOf(tensor.dtype);
  if (!type.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": tensor ", name, " is of ", ShownField(tensor.dtype),
        ", expected F32, F16, BF16, F64 or I8"));
  }
  if (tensor.shape.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": tensor ", name, " has ", tensor.shape.size(),
                     tensor.shape.size() == 1 ? " dimension" : " dimensions",
                     ", expected 2: rows x numbers"));
  }
  DenseLayout layout{"safetensors", *type, {}};
  AKIN_ASSIGN_OR_RETURN(layout.shape,
                        CheckShape(path, absl::StrCat(tensor.shape[0]),
                                   absl::StrCat(tensor.shape[1])));
  return layout;
}

}  // namespace

absl::StatusOr<std::unique_ptr<VectorSource>> OpenSafetensors(
    std::unique_ptr<ByteStream> stream, const std::string& tensor,
    const std::string& ids_path) {
  const std::string& path = stream->path();
  AKIN_ASSIGN_OR_RETURN(const SafetensorsHeader header,
                        ReadSafetensorsHeader(stream.get()));
  AKIN_ASSIGN_OR_RETURN(const size_t chosen,
                        ChooseTensor(path, tensor, NamesOf(header)));
  const StoredTensor& vectors = header.tensors[chosen];
  AKIN_ASSIGN_OR_RETURN(DenseLayout layout, LayoutOf(path, vectors));
  layout.bytes_behind = header.data_bytes - vectors.end;
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<RowIds> ids,
                        OpenRowIds(ids_path, path, layout.shape.rows));
  AKIN_ASSIGN_OR_RETURN(const uint64_t skipped,
                        stream->SkipAhead(vectors.begin));
  if (skipped < vectors.begin) {
    return absl::DataLossError(absl::StrCat(path, ": truncated: tensor ",
                                            ShownField(vectors.name),
                                            " begins behind the file's end"));
  }
  return std::make_unique<DenseRows>(std::move(stream), std::move(ids), layout);
}

}  // namespace akin
