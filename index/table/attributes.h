// Typed values of a table's ids, used to filter and to group, never to compare:
// columns by name, of which any row may have a value.
//
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_TABLE_ATTRIBUTES_H_
#define AKIN_INDEX_TABLE_ATTRIBUTES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/sealed_file.h"
#include "index/base/worker_pool.h"
#include "index/table/attribute_column.h"

namespace akin {

class Attributes {
 public:
  // Makes the indexes, a column a part of `pool`; null: all on this thread. The
  // names are legal and distinct, at most kMaxAttributes (AttributesBuilder
  // sees to it). RESOURCE_EXHAUSTED: no memory.
  static absl::StatusOr<Attributes> Build(size_t rows,
                                          std::vector<ColumnValues> columns,
                                          WorkerPool* pool);

  // Of the table.
  size_t rows() const { return rows_; }

  // In the order they were first met.
  absl::Span<const AttributeColumn> columns() const { return columns_; }

  // Null if there is none.
  const AttributeColumn* Find(absl::string_view name) const;

  // Of what is held, not of what was set aside for it: the same for the same
  // values, however they came (nothing has more room than it needs).
  size_t memory_bytes() const;

  // Sections "attributes" and "attributes.*". DATA_LOSS: not what Seal writes,
  // or not of a table of `rows`.
  absl::Status Seal(SealedFileWriter* file) const;
  static absl::StatusOr<Attributes> Unseal(const SealedFile& file, size_t rows,
                                           WorkerPool* pool);

 private:
  explicit Attributes(size_t rows) : rows_(rows) {}

  size_t rows_;
  std::vector<AttributeColumn> columns_;
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_ATTRIBUTES_H_
