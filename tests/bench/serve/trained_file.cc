#include "tests/bench/serve/trained_file.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"

namespace akin::bench {

absl::StatusOr<ScratchFile> WriteTrainedFile(
    size_t rows, size_t dimension,
    const std::function<std::string(uint32_t row)>& id, const FillRow& fill) {
  AKIN_ASSIGN_OR_RETURN(ScratchFile file, ScratchFile::Create());
  AKIN_RETURN_IF_ERROR(file.Write(absl::StrCat(rows, " ", dimension, "\n")));
  std::vector<float> vector(dimension);
  for (uint32_t row = 0; row < rows; ++row) {
    fill(row, absl::MakeSpan(vector));
    std::string line = absl::StrCat(id(row), " ");
    line.append(reinterpret_cast<const char*>(vector.data()),
                dimension * sizeof(float));
    line += '\n';
    AKIN_RETURN_IF_ERROR(file.Write(line));
  }
  AKIN_RETURN_IF_ERROR(file.Settle());
  return file;
}

absl::StatusOr<ScratchFile> WriteTrainedFile(size_t rows, size_t dimension,
                                             const FillRow& fill) {
  return WriteTrainedFile(
      rows, dimension, [](uint32_t row) { return absl::StrCat("r", row); },
      fill);
}

}  // namespace akin::bench
