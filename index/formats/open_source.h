// Opens a file of trained vectors: looks at its content, never at its name.

#ifndef AKIN_INDEX_FORMATS_OPEN_SOURCE_H_
#define AKIN_INDEX_FORMATS_OPEN_SOURCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "index/formats/vector_source.h"

namespace akin {

struct SourceSpec {
  std::string path;
  // One id per line, for formats that hold no ids (npy). Empty: ids 0..n-1.
  std::string ids_path;
};

// Reads, plain or compressed with gzip, zstd, xz or bzip2: word2vec text,
// GloVe text, fastText .vec, word2vec binary, npy (f2 f4 f8 i1).
//
// NOT_FOUND / PERMISSION_DENIED: the file. INVALID_ARGUMENT: no such format
// (a pickle, a zip, a fastText .bin, ... is named, with what to do instead),
// a header that the file's size or its rows contradict, or `ids_path` with a
// format that holds its own ids. DATA_LOSS: compressed data that is damaged or
// truncated. Every sentence begins with the path. Memory used is bounded (a few
// MiB), whatever the file says.
absl::StatusOr<std::unique_ptr<VectorSource>> OpenVectorSource(
    const SourceSpec& spec);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_OPEN_SOURCE_H_
