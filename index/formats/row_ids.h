// The ids of a file whose format holds none: the lines of a second file, or
// else the row numbers 0..n-1.

#ifndef AKIN_INDEX_FORMATS_ROW_IDS_H_
#define AKIN_INDEX_FORMATS_ROW_IDS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin {

// Not thread-safe.
class RowIds {
 public:
  virtual ~RowIds() = default;

  // The id of `row`; rows are asked for in order, from 0. Valid until the next
  // call. INVALID_ARGUMENT: there are fewer ids.
  virtual absl::StatusOr<absl::string_view> Read(uint64_t row) = 0;

  // INVALID_ARGUMENT: there are more ids than the `rows` that were read.
  virtual absl::Status CheckEnd(uint64_t rows) = 0;
};

// `ids_path` empty: row numbers. `rows` is what the file at `vectors_path` has,
// if that is known, for messages. Errors of opening as ByteStream::Open.
absl::StatusOr<std::unique_ptr<RowIds>> OpenRowIds(
    const std::string& ids_path, const std::string& vectors_path,
    std::optional<uint64_t> rows);

// The sentence when `ids_path` has not one id for each row.
absl::Status WrongIdCount(const std::string& ids_path, uint64_t ids,
                          const std::string& vectors_path,
                          std::optional<uint64_t> rows);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_ROW_IDS_H_
