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
  // One id per line, for formats that hold no ids. Empty: the ids of an npz, or
  // else 0..n-1.
  std::string ids_path = {};
  // Which tensor, array or dataset of a safetensors, npz or HDF5 file has the
  // vectors. Empty: the only 2-D one.
  std::string tensor = {};
  // "fvecs", "bvecs", "fbin", "u8bin" or "i8bin", which the content does not
  // always tell apart. Empty: whatever the content is.
  std::string format = {};
};

// Reads, plain or compressed with gzip, zstd, xz or bzip2: word2vec text,
// GloVe text, fastText .vec, word2vec binary, npy (f2 f4 f8 i1), safetensors
// (F32 F16 BF16 F64 I8), JSONL, CSV, TSV, and with `format` fvecs, bvecs, fbin,
// u8bin, i8bin. Plain only: npz, HDF5, fastText .bin, and the last five without
// `format`.
//
// NOT_FOUND / PERMISSION_DENIED: the file. INVALID_ARGUMENT: no such format
// (a pickle, Parquet, ... is named, with what to do instead), a header
// that the file's size or its rows contradict, several tensors or formats of
// which none is named, or `ids_path`, `tensor` or `format` where they have no
// place. DATA_LOSS: a file that is damaged or truncated. Every sentence begins
// with the path. HDF5 is read where libhdf5 was there when akin was built
// (hdf5.h, with what it does not promise). Memory used is bounded (a few MiB;
// for safetensors also what its header takes, at most 100 MB), whatever the
// file says.
absl::StatusOr<std::unique_ptr<VectorSource>> OpenVectorSource(
    const SourceSpec& spec);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_OPEN_SOURCE_H_
