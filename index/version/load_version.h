// LOAD: trained files -> a version that can be published.

#ifndef AKIN_INDEX_VERSION_LOAD_VERSION_H_
#define AKIN_INDEX_VERSION_LOAD_VERSION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/worker_pool.h"
#include "index/build/calibrate.h"
#include "index/build/graph_index.h"
#include "index/build/index_plan.h"
#include "index/formats/open_source.h"
#include "index/formats/vector_source.h"
#include "index/version/read_attributes.h"
#include "index/version/read_table.h"
#include "index/version/version.h"

namespace akin {

enum class IndexChoice : uint8_t {
  kAuto,  // whichever was measured to answer in less time (index_choice.h)
  kExact,
  kGraph,
};

struct TableSpec {
  std::string name;
  SourceSpec source;
  ReadOptions read;
  AttributeSpec attributes;  // no path: none
  IndexChoice index = IndexChoice::kAuto;
  Profile profile = Profile::kAuto;  // of a graph, where one is built
  // What reports call the files; empty: as the paths end.
  std::string source_name;
  std::string ids_name;
  std::string attributes_name;
  // What is read if it is no trained file that lies at source.path, which is
  // for messages then. Null: OpenVectorSource of `source`.
  std::function<absl::StatusOr<std::unique_ptr<VectorSource>>()> open = nullptr;

  std::string SourceName() const;
  std::string IdsName() const;
  std::string AttributesName() const;
};

enum class LoadStage : uint8_t { kReading, kIndexing, kCalibrating };

struct LoadProgress {
  absl::string_view table;
  LoadStage stage;
  // Bytes of a file while reading (the vectors', then the attributes'), rows
  // while indexing, curves while calibrating. `total` is 0 where it is not
  // known (a pipe).
  uint64_t done;
  uint64_t total;
  // What is being built, while indexing and calibrating; else null.
  const IndexPlan* plan = nullptr;
};

struct LoadOptions {
  WorkerPool* pool = nullptr;  // required
  // Called from the loading thread; false cancels the load. May be null.
  std::function<bool(const LoadProgress&)> progress;
  CalibrateOptions calibrate = {};
};

// Loads every table of `specs` into version `number` of `model`. All or
// nothing: an error names the table and leaves nothing behind.
// INVALID_ARGUMENT: names, a compact profile without a graph, bad rows, tables
// of different dimensions. FAILED_PRECONDITION: a graph that was asked for
// finds too little. Others as OpenVectorSource, ReadTable, ReadAttributes,
// BuildGraphIndex and Calibrate say. RESOURCE_EXHAUSTED: memory.
absl::StatusOr<std::shared_ptr<const Version>> LoadVersion(
    absl::string_view model, int64_t number, absl::Span<const TableSpec> specs,
    const LoadOptions& options);

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_LOAD_VERSION_H_
