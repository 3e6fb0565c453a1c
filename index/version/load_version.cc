#include "index/version/load_version.h"

#include <optional>
#include <utility>

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
    const uint64_t total = source->announced_rows().value_or(0);
    LoadReport report;
    AKIN_ASSIGN_OR_RETURN(
        Table table,
        ReadTable(
            spec_.name, spec_.source.path, source.get(), spec_.read,
            [&](uint64_t rows) {
              return Report(LoadStage::kReading, rows, total);
            },
            &report));
    loaded_ = std::make_unique<IndexedTable>(std::move(table));
    const std::string& path = spec_.source.path;
    report.source = path.substr(path.find_last_of('/') + 1);
    report.read_seconds = absl::ToDoubleSeconds(absl::Now() - start);
    *loaded_->mutable_report() = std::move(report);
    return absl::OkStatus();
  }

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
    if (recall < kMinSelfCheckRecall) {
      if (spec_.index == IndexChoice::kGraph) {
        return absl::FailedPreconditionError(absl::StrCat(
            "the graph finds only ", recall,
            " of the true 10 nearest in the self-check, expected at least ",
            kMinSelfCheckRecall, "; use index=exact"));
      }
      loaded_->SetIndex(nullptr);  // auto: exact is slower and always right
      return absl::OkStatus();
    }
    loaded_->mutable_report()->recall_at_10 = recall;
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

absl::StatusOr<std::unique_ptr<const IndexedTable>> LoadTable(
    const TableSpec& spec, const LoadOptions& options) {
  TableLoad load(spec, options);
  AKIN_RETURN_IF_ERROR(load.Read());
  AKIN_RETURN_IF_ERROR(load.BuildIndex());
  AKIN_RETURN_IF_ERROR(load.Check());
  return std::move(load).Take();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Version>> LoadVersion(
    absl::string_view model, int64_t number, absl::Span<const TableSpec> specs,
    const LoadOptions& options) {
  AKIN_RETURN_IF_ERROR(CheckSpecs(model, specs));
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  for (const TableSpec& spec : specs) {
    auto table = LoadTable(spec, options);
    if (!table.ok()) {
      return Annotate(table.status(),
                      absl::StrCat("table ", model, "/", spec.name));
    }
    tables.push_back(*std::move(table));
    const Table& first = tables.front()->table();
    const Table& last = tables.back()->table();
    if (last.dimension() != first.dimension()) {
      return absl::InvalidArgumentError(
          absl::StrCat("table ", model, "/", last.name(), " has ",
                       last.dimension(), " dimensions, table ", model, "/",
                       first.name(), " has ", first.dimension(),
                       "; the tables of one version share one vector space"));
    }
  }
  return std::make_shared<const Version>(std::string(model), number,
                                         std::move(tables));
}

}  // namespace akin
