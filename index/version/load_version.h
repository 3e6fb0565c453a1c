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
#include "index/formats/open_source.h"
#include "index/version/read_table.h"
#include "index/version/version.h"

namespace akin {

enum class IndexChoice : uint8_t {
  kAuto,  // exact below kGraphFromRows rows, else graph
  kExact,
  kGraph,
};
inline constexpr size_t kGraphFromRows = 20'000;

struct TableSpec {
  std::string name;
  SourceSpec source;
  ReadOptions read;
  IndexChoice index = IndexChoice::kAuto;
};

enum class LoadStage : uint8_t { kReading, kIndexing, kChecking };

struct LoadProgress {
  absl::string_view table;
  LoadStage stage;
  // Bytes of the file while reading, then rows. `total` is 0 where it is not
  // known (a pipe; the check).
  uint64_t done;
  uint64_t total;
};

struct LoadOptions {
  WorkerPool* pool = nullptr;  // required
  // Called from the loading thread; false cancels the load. May be null.
  std::function<bool(const LoadProgress&)> progress;
};

// Loads every table of `specs` into version `number` of `model`. All or
// nothing: an error names the table and leaves nothing behind.
// INVALID_ARGUMENT: names, bad rows, tables of different dimensions. Others as
// OpenVectorSource, ReadTable and BuildGraph say. RESOURCE_EXHAUSTED: memory.
absl::StatusOr<std::shared_ptr<const Version>> LoadVersion(
    absl::string_view model, int64_t number, absl::Span<const TableSpec> specs,
    const LoadOptions& options);

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_LOAD_VERSION_H_
