// Values of rows in any order in, typed columns out.
//
//   AttributesBuilder builder(table.rows());
//   AKIN_ASSIGN_OR_RETURN(const size_t year,
//                         builder.AddColumn("year", AttributeType::kInt));
//   AKIN_RETURN_IF_ERROR(builder.Add(year, row, int64_t{1990}));
//   AKIN_ASSIGN_OR_RETURN(Attributes a, std::move(builder).Build(&pool));
//
// Memory is that of the values, and of twice the distinct texts. Not
// thread-safe.

#ifndef AKIN_INDEX_TABLE_ATTRIBUTES_BUILDER_H_
#define AKIN_INDEX_TABLE_ATTRIBUTES_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/attribute_value.h"
#include "index/base/worker_pool.h"
#include "index/table/attributes.h"
#include "index/table/id_map.h"

namespace akin {

class AttributesBuilder {
 public:
  // `rows` of the table.
  explicit AttributesBuilder(size_t rows) : rows_(rows) {}

  // Its number. Without a type the column gets that of its first value, and
  // ints become floats when a float comes. INVALID_ARGUMENT: a name that is not
  // legal or is there, or more than kMaxAttributes.
  absl::StatusOr<size_t> AddColumn(absl::string_view name,
                                   std::optional<AttributeType> type);

  // `column` is a number of AddColumn, `row` below that of the table. An int
  // stands for a float, and is what a timestamp is given as. INVALID_ARGUMENT:
  // a value of another type than the column's, which names both, a float that
  // is not finite, a text of more than kMaxKeywordBytes or not in UTF-8.
  absl::Status Add(size_t column, uint32_t row, const AttributeValue& value);
  // No texts are no value.
  absl::Status AddList(size_t column, uint32_t row,
                       absl::Span<const absl::string_view> texts);

  // Makes ints of a keyword column, or else floats, if each of its texts is one
  // as JSON writes it: not "007", which says more than 7, nor a whole number of
  // more than 64 bits, as long ids are, which floats do not tell apart.
  void ReadNumbers(size_t column);

  // A column that never got a type is one of keywords, without values.
  // INVALID_ARGUMENT: two values for a row. RESOURCE_EXHAUSTED: no memory.
  absl::StatusOr<Attributes> Build(WorkerPool* pool) &&;

 private:
  struct Column {
    std::string name;
    std::optional<AttributeType> type;
    bool declared = false;
    std::vector<uint32_t> rows;  // as they came; with each one or more of:
    std::vector<uint32_t> numbers;
    std::vector<uint32_t> ends;
    std::vector<int64_t> ints;
    std::vector<double> floats;
    IdMap texts;  // numbered as they came
  };

  static absl::Status CheckText(const Column& column, absl::string_view text);
  static absl::Status AddText(absl::string_view text, Column* column);
  static absl::Status CheckRoom(const Column& column);
  static absl::Status SetType(AttributeType type, absl::string_view found,
                              Column* column);
  // Sorted by row, texts numbered in their order.
  absl::StatusOr<ColumnValues> Finish(Column column) const;

  const size_t rows_;
  std::vector<Column> columns_;
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_ATTRIBUTES_BUILDER_H_
