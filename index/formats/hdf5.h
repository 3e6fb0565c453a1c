// HDF5, as ann-benchmarks keeps its sets: one 2-D dataset of floats, a row a
// vector. It holds no ids. Read with libhdf5, if akin was built with it.
//
// libhdf5 does not promise what the other readers do: a file made with ill
// intent may take more memory, or worse. Only HDF5 files of one's own should be
// read.

#ifndef AKIN_INDEX_FORMATS_HDF5_H_
#define AKIN_INDEX_FORMATS_HDF5_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/formats/vector_source.h"

namespace akin {

inline constexpr absl::string_view kHdf5Magic("\x89HDF\r\n\x1A\n", 8);

bool BuiltWithHdf5();

// `tensor` is the dataset's path ("train", "/group/name"); empty: "train", or
// else the only 2-D one of the root group. INVALID_ARGUMENT: the choice;
// another type than float32 or float64; built without HDF5. DATA_LOSS:
// truncated or damaged. Others: row_ids.h.
absl::StatusOr<std::unique_ptr<VectorSource>> OpenHdf5(
    const std::string& path, const std::string& tensor,
    const std::string& ids_path);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_HDF5_H_
