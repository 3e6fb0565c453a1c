// Reads a trained file into a table: the first half of LOAD.

#ifndef AKIN_INDEX_VERSION_READ_TABLE_H_
#define AKIN_INDEX_VERSION_READ_TABLE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "index/formats/vector_source.h"
#include "index/table/table.h"
#include "index/table/table_builder.h"
#include "index/version/load_report.h"

namespace akin {

enum class OnBadRow : uint8_t {
  kFail,  // the load fails and says the first five and how many there are
  kSkip,  // bad rows are left out and counted by kind
};

struct ReadOptions {
  TableOptions table;
  OnBadRow on_bad_row = OnBadRow::kFail;
};

// Called now and then with the rows done; false cancels.
using ReadProgress = std::function<bool(uint64_t rows_done)>;

// `path` is only for messages. Fills the report's format, skipped, norms.
// INVALID_ARGUMENT: bad rows under kFail, or no good row at all. DATA_LOSS and
// others: what the source says. CANCELLED: `progress` said so.
absl::StatusOr<Table> ReadTable(const std::string& name,
                                const std::string& path, VectorSource* source,
                                const ReadOptions& options,
                                const ReadProgress& progress,
                                LoadReport* report);

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_READ_TABLE_H_
