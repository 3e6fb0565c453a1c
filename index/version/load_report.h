// What a load found: kept with the table, shown by GetModel and akin-server.

#ifndef AKIN_INDEX_VERSION_LOAD_REPORT_H_
#define AKIN_INDEX_VERSION_LOAD_REPORT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "index/base/row_fault.h"
#include "index/build/graph_index.h"

namespace akin {

struct AttributeReport {
  std::string source;  // the file's name, without its folder
  std::string format;
  uint64_t rows = 0;  // with at least one value
  // That the table does not have; left out.
  uint64_t unknown_ids = 0;

  friend bool operator==(const AttributeReport&,
                         const AttributeReport&) = default;
};

struct LoadReport {
  std::string source;  // the file's name, without its folder
  std::string format;
  // Rows left out, by RowFault.
  std::array<uint64_t, kRowFaultKinds> skipped{};
  // Lengths of the rows before normalisation.
  double min_norm = 0;
  double max_norm = 0;
  std::optional<AttributeReport> attributes;
  double read_seconds = 0;
  double index_seconds = 0;
  // Of the graph, if one was built; else kAuto and empty.
  Profile profile = Profile::kAuto;
  std::string layout;
  // Share of the true 10 nearest rows that the graph finds at the default
  // target recall, or the most that it finds if that is less. Absent where none
  // was built; an exact index with a recall had its graph dropped.
  std::optional<double> recall_at_10;
  // What a search for 10 rows takes on one thread: exactly, and by the graph at
  // the default target recall. Absent where it was not measured, and the latter
  // where the graph does not reach that recall.
  std::optional<double> exact_microseconds;
  std::optional<double> graph_microseconds;
};

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_LOAD_REPORT_H_
