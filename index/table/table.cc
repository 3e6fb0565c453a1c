#include "index/table/table.h"

#include <cmath>

#include "index/base/status_macros.h"

namespace akin {

absl::Status Table::Seal(SealedFileWriter* file) const {
  AKIN_RETURN_IF_ERROR(ids_.Seal(file));
  if (metric_ == Metric::kCosine) {
    AKIN_RETURN_IF_ERROR(file->AddNumbers("norms", norms_));
  }
  if (!has_vectors()) return absl::OkStatus();
  return file->Add("vectors",
                   {vectors_.data(), rows() * dimension_ * sizeof(float)});
}

absl::StatusOr<Table> Table::Unseal(const SealedFile& file, std::string name,
                                    Metric metric, uint32_t dimension,
                                    size_t rows, WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(IdMap ids, IdMap::Unseal(file, rows, pool));
  std::vector<float> norms;
  if (metric == Metric::kCosine) {
    norms.resize(rows);
    AKIN_RETURN_IF_ERROR(file.ReadNumbers("norms", rows, norms.data(), pool));
  }
  PageBuffer vectors;
  if (file.Has("vectors")) {
    const size_t bytes = rows * dimension * sizeof(float);
    AKIN_ASSIGN_OR_RETURN(vectors, file.Load("vectors", bytes, pool));
  }
  return Table(std::move(name), metric, dimension, std::move(ids),
               std::move(vectors), std::move(norms));
}

}  // namespace akin
