// Reads a side file of attributes into columns of a table: a part of LOAD.

#ifndef AKIN_INDEX_VERSION_READ_ATTRIBUTES_H_
#define AKIN_INDEX_VERSION_READ_ATTRIBUTES_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "index/base/worker_pool.h"
#include "index/formats/attribute_file.h"
#include "index/table/attributes.h"
#include "index/table/table.h"
#include "index/version/load_report.h"
#include "index/version/read_table.h"

namespace akin {

struct AttributeSpec {
  std::string path;
  // Of columns whose values do not say it.
  std::vector<AttributeDeclaration> types = {};
  // What is read if it is no file of attributes that lies at `path`, which is
  // for messages then. Null: AttributeFile::Open of both above.
  std::function<absl::StatusOr<std::unique_ptr<AttributeFile>>()> open =
      nullptr;
};

// Called now and then with the bytes of the file that were read; false cancels.
using AttributeProgress = std::function<bool(uint64_t bytes)>;

// Types that are declared neither by `spec` nor by the file come from the
// values: JSON's bool, int, float (one makes floats of a column's ints), string
// and list of strings; texts of CSV are ints if all of them are, or else
// floats, or else keywords. Fills the report.
//
// INVALID_ARGUMENT: what AttributeFile and AttributesBuilder say, with path and
// line; an id twice; ids that the table has not, under kFail, or only such.
// CANCELLED: `progress` said so. Others: what the file says.
absl::StatusOr<Attributes> ReadAttributes(const AttributeSpec& spec,
                                          const Table& table,
                                          OnBadRow on_unknown_id,
                                          WorkerPool* pool,
                                          const AttributeProgress& progress,
                                          AttributeReport* report);

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_READ_ATTRIBUTES_H_
