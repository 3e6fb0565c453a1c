// Rows in, one table out; checks what must hold for every row of every format.
//
//   TableBuilder builder("words", 50, {.metric = Metric::kCosine});
//   absl::Span<float> next = *builder.NextRow();   // write the vector here
//   if (auto bad = builder.Commit("king")) ...     // the row is not kept
//   Table table = std::move(builder).Build();
//
// Not thread-safe.

#ifndef AKIN_INDEX_TABLE_TABLE_BUILDER_H_
#define AKIN_INDEX_TABLE_TABLE_BUILDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/page_buffer.h"
#include "index/base/row_fault.h"
#include "index/base/utf8.h"
#include "index/table/id_map.h"
#include "index/table/metric.h"
#include "index/table/table.h"

namespace akin {

struct TableOptions {
  Metric metric = Metric::kCosine;
  Utf8Policy utf8 = Utf8Policy::kStrict;
};

class TableBuilder {
 public:
  struct BadRow {
    RowFault fault;
    std::string detail;
  };

  // `dimension` is 1..kMaxDimension.
  TableBuilder(std::string name, uint32_t dimension,
               const TableOptions& options);

  // Makes room for `rows`, a number already held against the file's size.
  absl::Status Reserve(uint64_t rows);

  // Where the next row's `dimension` floats are to be written. The same place
  // until Commit keeps a row. RESOURCE_EXHAUSTED: out of memory or of rows.
  absl::StatusOr<absl::Span<float>> NextRow();

  // Keeps the row written into NextRow() under `id`, or says what is wrong.
  std::optional<BadRow> Commit(absl::string_view id);

  size_t rows() const { return ids_.size(); }

  // Lengths of the rows kept, before normalisation; 0 when there are none.
  double min_norm() const { return ids_.size() == 0 ? 0 : min_norm_; }
  double max_norm() const { return max_norm_; }

  Table Build() &&;

 private:
  std::optional<BadRow> CheckId(absl::string_view id) const;
  std::optional<BadRow> Keep(absl::string_view id);

  const std::string name_;
  const uint32_t dimension_;
  const TableOptions options_;
  IdMap ids_;
  PageBuffer vectors_;
  std::vector<float> norms_;
  double min_norm_ = 0;
  double max_norm_ = 0;
};

// The longest vector that dot and l2 compare: a product of two such lengths, or
// the square of their sum, still fits into a float.
inline constexpr double kMaxComparedLength = 5e18;

double Length(absl::Span<const float> vector);

// Scales `vector` to length 1 and returns its former length; leaves it alone
// and returns 0 when it has no length. Safe from 1e-38 to 1e38.
double Normalise(absl::Span<float> vector);

// Index of the first NaN or infinity, or -1.
int64_t FindNotFinite(absl::Span<const float> values);

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_TABLE_BUILDER_H_
