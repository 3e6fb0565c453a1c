#include "index/formats/npy.h"

#include <utility>

#include "index/base/status_macros.h"
#include "index/formats/dense_rows.h"
#include "index/formats/npy_header.h"
#include "index/formats/row_ids.h"

namespace akin {

absl::StatusOr<std::unique_ptr<VectorSource>> OpenNpy(
    std::unique_ptr<ByteStream> stream, const std::string& ids_path) {
  AKIN_ASSIGN_OR_RETURN(const NpyHeader header, ReadNpyHeader(stream.get()));
  AKIN_ASSIGN_OR_RETURN(
      std::unique_ptr<RowIds> ids,
      OpenRowIds(ids_path, stream->path(), header.shape.rows));
  return std::make_unique<DenseRows>(
      std::move(stream), std::move(ids),
      DenseLayout{"npy", header.type, header.shape});
}

}  // namespace akin
