// Makes queries ready to be compared with codes. Thread-safe.

#ifndef AKIN_INDEX_SEARCH_CODE_QUERY_H_
#define AKIN_INDEX_SEARCH_CODE_QUERY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "index/base/page_buffer.h"
#include "index/kernels/code_distances.h"
#include "index/search/entries.h"
#include "index/table/codes.h"

namespace akin {

CodeRows RowsOf(const Codes& codes);

// The codes of the leaders and then of the rows of `entries`, side by side as
// in `codes`.
absl::StatusOr<PageBuffer> CopyEntryCodes(const Codes& codes,
                                          const Entries& entries);

// `vector` has codes.dimension() components. Allocates only when `query` was
// never used for codes as wide.
void PrepareCodeQuery(const Codes& codes, absl::Span<const float> vector,
                      CodeQuery* query);

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_CODE_QUERY_H_
