// What a load found: kept with the table, shown by GetModel and akin-server.

#ifndef AKIN_INDEX_VERSION_LOAD_REPORT_H_
#define AKIN_INDEX_VERSION_LOAD_REPORT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "index/base/row_fault.h"

namespace akin {

struct LoadReport {
  std::string source;  // the file's name, without its folder
  std::string format;
  // Rows left out, by RowFault.
  std::array<uint64_t, kRowFaultKinds> skipped{};
  // Lengths of the rows before normalisation.
  double min_norm = 0;
  double max_norm = 0;
  double read_seconds = 0;
  double index_seconds = 0;
  // Share of the true 10 nearest rows that the index found in the self-check,
  // for queries that are not rows of the table. Absent where none was built; an
  // exact index with a recall had its graph dropped for being too low.
  std::optional<double> recall_at_10;
};

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_LOAD_REPORT_H_
