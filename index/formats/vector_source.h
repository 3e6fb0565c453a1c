// A file of trained vectors, read as a stream of (id, vector) rows.
//
// One implementation per format; OpenVectorSource (open_source.h) picks it from
// the file's content. A source checks what only its format can know (layout,
// counts, numbers); TableBuilder checks what holds for every table (finite,
// not zero under cosine, id is unique, UTF-8, 1..512 bytes).
//
// Not thread-safe.

#ifndef AKIN_INDEX_FORMATS_VECTOR_SOURCE_H_
#define AKIN_INDEX_FORMATS_VECTOR_SOURCE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/row_fault.h"

namespace akin {

struct SourceRow {
  // Valid until the next call. Raw bytes: not yet checked to be UTF-8.
  absl::string_view id;
  // Where the row begins: "line 17", "byte 4021", "row 3" = unit + position.
  absl::string_view unit;
  uint64_t position = 0;
  // Set when Next returned kBadRow.
  RowFault fault = RowFault::kRagged;
  std::string detail;  // what was expected and what came
};

class VectorSource {
 public:
  enum class Outcome : uint8_t { kRow, kBadRow, kEnd };

  virtual ~VectorSource() = default;

  // "word2vec text" (fastText .vec too), "GloVe text", "word2vec binary",
  // "npy", "npz", "safetensors", "JSONL", "CSV", "TSV", "fvecs", "bvecs",
  // "fbin", "u8bin", "i8bin", "HDF5", "fastText bin"; "rows" of no file.
  virtual absl::string_view format() const = 0;

  // 1..kMaxDimension; known once the source is open.
  virtual uint32_t dimension() const = 0;

  // How many rows the header announces, when there is a header and the file is
  // long enough to hold them: a number safe to make room for. Absent in formats
  // without a header, and in compressed files, whose decoded size nobody knows.
  virtual std::optional<uint64_t> announced_rows() const = 0;

  // Reads the next row into `values`, which has dimension() floats; after
  // kBadRow they are unspecified and the next call reads the row behind.
  // An error ends the source: the file is truncated or damaged (DATA_LOSS), or
  // holds more rows than its header announces, a line beyond 4 MiB, or another
  // number of ids (INVALID_ARGUMENT).
  virtual absl::StatusOr<Outcome> Next(absl::Span<float> values,
                                       SourceRow* row) = 0;

  // Bytes of the file (compressed as stored) consumed so far, for progress.
  virtual uint64_t bytes_read() const = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_VECTOR_SOURCE_H_
