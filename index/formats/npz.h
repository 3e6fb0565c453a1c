// .npz: a zip archive of npy files (numpy.savez, savez_compressed). One 2-D
// array has the vectors; a 1-D array called `ids` may have their ids.

#ifndef AKIN_INDEX_FORMATS_NPZ_H_
#define AKIN_INDEX_FORMATS_NPZ_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "index/formats/vector_source.h"

namespace akin {

// `tensor`, the name of an array without ".npy", as ChooseTensor. Ids are the
// lines of `ids_path`; with that empty the array `ids`, of text or whole
// numbers; without one the row numbers. INVALID_ARGUMENT: the choice; an
// archive without arrays; an array that MatrixOf refuses; `ids` of another
// dtype or not as long as the rows. DATA_LOSS: truncated or damaged.
absl::StatusOr<std::unique_ptr<VectorSource>> OpenNpz(
    const std::string& path, const std::string& tensor,
    const std::string& ids_path);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_NPZ_H_
