#include "index/version/load_version.h"

#include <filesystem>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/build/graph_builder.h"
#include "index/search/graph_searcher.h"
#include "index/version/self_check.h"

namespace akin {
namespace {

constexpr size_t kSelfCheckQueries = 64;
// An index below this is broken, not merely approximate.
constexpr double kMinSelfCheckRecall = 0.8;

absl::Status CheckSpecs(absl::string_view model,
                        absl::Span<const TableSpec> specs) {
  AKIN_RETURN_IF_ERROR(CheckName("model", model));
  for (size_t i = 0; i < specs.size(); ++i) {
    AKIN_RETURN_IF_ERROR(CheckName("table", specs[i].name));
    for (size_t j = 0; j < i; ++j) {
      if (specs[i].name == specs[j].name) {
        return absl::InvalidArgumentError(absl::StrCat(
            "table ", model, "/", specs[i].name, " is given twice"));
      }
    }
  }
  return absl::OkStatus();
}

// 0 for what has no size, such as a pipe.
uint64_t StoredBytes(const std::string& path) {
  std::error_code error;
  const uintmax_t bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

// One table's way through the load.
class TableLoad {
 public:
  TableLoad(const TableSpec& spec, const LoadOptions& options)
      : spec_(spec), options_(options) {}

  // open -> check -> normalise -> ids + vectors
  absl::Status Read() {
    const absl::Time start = absl::Now();
    AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<VectorSource> source,
                          OpenVectorSource(spec_.source));
    const uint64_t total = StoredBytes(spec_.source.path);
    LoadReport report;
    AKIN_ASSIGN_OR_RETURN(
        Table table,
        ReadTable(
            spec_.name, spec_.source.path, source.get(), spec_.read,
            [&](uint64_t /*rows*/) {
              return Report(LoadStage::kReading, source->bytes_read(), total);
            },
            &report));
    loaded_ = std::make_unique<IndexedTable>(std::move(table));
    const std::string& path = spec_.source.path;
    report.source = path.substr(path.find_last_of('/') + 1);
    report.read_seconds = absl::ToDoubleSeconds(absl::Now() - start);
    *loaded_->mutable_report() = std::move(report);
    return absl::OkStatus();
  }

  const Table& table() const { return loaded_->table(); }

  // graph, where one is wanted
  absl::Status BuildIndex() {
    const Table& table = loaded_->table();
    const bool graph =
        spec_.index == IndexChoice::kGraph ||
        (spec_.index == IndexChoice::kAuto && table.rows() >= kGraphFromRows);
    if (!graph) return absl::OkStatus();
    const absl::Time start = absl::Now();
    GraphOptions graph_options;
    graph_options.threads = static_cast<uint32_t>(options_.pool->threads());
    AKIN_ASSIGN_OR_RETURN(
        Graph links, BuildGraph(table, graph_options, [&](uint64_t rows) {
          return Report(LoadStage::kIndexing, rows, table.rows());
        }));
    loaded_->SetIndex(
        std::make_unique<GraphSearcher>(&table, std::move(links)));
    loaded_->mutable_report()->index_seconds =
        absl::ToDoubleSeconds(absl::Now() - start);
    return absl::OkStatus();
  }

  // self-check against exact
  absl::Status Check() {
    if (loaded_->index().kind() == IndexKind::kExact) return absl::OkStatus();
    Report(LoadStage::kChecking, 0, 0);
    const double recall =
        MeasureRecallAt10(*loaded_, kSelfCheckQueries, options_.pool);
    loaded_->mutable_report()->recall_at_10 = recall;
    if (recall < kMinSelfCheckRecall) {
      if (spec_.index == IndexChoice::kGraph) {
        return absl::FailedPreconditionError(absl::StrCat(
            "the graph finds only ", recall,
            " of the true 10 nearest in the self-check, expected at least ",
            kMinSelfCheckRecall, "; use index=exact"));
      }
      loaded_->SetIndex(nullptr);  // auto: exact is slower and always right
    }
    return absl::OkStatus();
  }

  std::unique_ptr<const IndexedTable> Take() && { return std::move(loaded_); }

 private:
  bool Report(LoadStage stage, uint64_t done, uint64_t total) const {
    return !options_.progress ||
           options_.progress({spec_.name, stage, done, total});
  }

  const TableSpec& spec_;
  const LoadOptions& options_;
  std::unique_ptr<IndexedTable> loaded_;
};

absl::Status CheckDimensions(absl::string_view model, const Table& first,
                             const Table& last) {
  if (last.dimension() == first.dimension()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "table ", model, "/", last.name(), " has ", last.dimension(),
      " dimensions, table ", model, "/", first.name(), " has ",
      first.dimension(), "; the tables of one version share one vector space"));
}

absl::StatusOr<std::shared_ptr<const Version>> LoadTables(
    absl::string_view model, int64_t number, absl::Span<const TableSpec> specs,
    const LoadOptions& options) {
  // All files are read before the first graph is built: what is wrong with one
  // is found in seconds.
  std::vector<TableLoad> loads;
  loads.reserve(specs.size());
  for (const TableSpec& spec : specs) {
    const std::string name = absl::StrCat("table ", model, "/", spec.name);
    AKIN_RETURN_IF_ERROR(
        Annotate(loads.emplace_back(spec, options).Read(), name));
    AKIN_RETURN_IF_ERROR(
        CheckDimensions(model, loads.front().table(), loads.back().table()));
  }
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  for (TableLoad& load : loads) {
    const std::string name =
        absl::StrCat("table ", model, "/", load.table().name());
    AKIN_RETURN_IF_ERROR(Annotate(load.BuildIndex(), name));
    AKIN_RETURN_IF_ERROR(Annotate(load.Check(), name));
    tables.push_back(std::move(load).Take());
  }
  return std::make_shared<const Version>(std::string(model), number,
                                         std::move(tables));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Version>> LoadVersion(
    absl::string_view model, int64_t number, absl::Span<const TableSpec> specs,
    const LoadOptions& options) {
  AKIN_RETURN_IF_ERROR(CheckSpecs(model, specs));
  // A load asks for memory by the gigabyte, beside versions that are serving.
  try {
    return LoadTables(model, number, specs, options);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(
        absl::StrCat("model ", model, " does not fit into memory"));
  }
}

}  // namespace akin
