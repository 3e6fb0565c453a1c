#include "index/version/load_version.h"

#include <filesystem>
#include <limits>
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
#include "index/build/index_choice.h"
#include "index/search/graph_searcher.h"
#include "index/table/codes.h"

namespace akin {
namespace {

// A graph that finds less is broken, not merely approximate.
constexpr double kLeastRecall = 0.8;

absl::Status CheckSpecs(absl::string_view model,
                        absl::Span<const TableSpec> specs) {
  AKIN_RETURN_IF_ERROR(CheckName("model", model));
  for (size_t i = 0; i < specs.size(); ++i) {
    AKIN_RETURN_IF_ERROR(CheckName("table", specs[i].name));
    if (specs[i].index == IndexChoice::kExact &&
        specs[i].profile == Profile::kCompact) {
      return absl::InvalidArgumentError(absl::StrCat(
          "table ", model, "/", specs[i].name,
          ": profile=compact is of a graph, and index=exact has none"));
    }
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
    AKIN_ASSIGN_OR_RETURN(
        const std::unique_ptr<VectorSource> source,
        spec_.open ? spec_.open() : OpenVectorSource(spec_.source));
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
    if (!spec_.attributes.path.empty()) {
      AKIN_RETURN_IF_ERROR(ReadAttributesOf(&report));
    }
    report.source = spec_.SourceName();
    report.read_seconds = absl::ToDoubleSeconds(absl::Now() - start);
    *loaded_->mutable_report() = std::move(report);
    return absl::OkStatus();
  }

  const Table& table() const { return loaded_->table(); }

  // codes + graph, where one is wanted and may pay
  absl::Status BuildIndex() {
    const absl::Time start = absl::Now();
    AKIN_ASSIGN_OR_RETURN(Codes codes, Codes::Encode(table(), options_.pool));
    loaded_->SetCodes(std::move(codes));
    const double exact = MeasureMicroseconds(
        loaded_->exact(), SampleQueries(table(), table(), {}));
    loaded_->mutable_report()->exact_microseconds = exact;
    if (spec_.index == IndexChoice::kExact ||
        (spec_.index == IndexChoice::kAuto &&
         !GraphMayPay(exact, table().rows()))) {
      return absl::OkStatus();
    }
    GraphIndexOptions graph_options;
    graph_options.profile = spec_.profile;
    AKIN_ASSIGN_OR_RETURN(plan_, PlanIndex(table().rows(), table().dimension(),
                                           table().metric(), graph_options));
    AKIN_ASSIGN_OR_RETURN(
        graph_, BuildGraphIndex(
                    table(), *loaded_->codes(), &loaded_->exact(),
                    graph_options, options_.pool, [&](uint64_t rows) {
                      return Report(LoadStage::kIndexing, rows, table().rows());
                    }));
    loaded_->mutable_report()->index_seconds =
        absl::ToDoubleSeconds(absl::Now() - start);
    return absl::OkStatus();
  }

  // calibrate: with rows of every table of the version as queries
  absl::Status Calibrate(const std::vector<TableLoad>& all) {
    if (graph_ == nullptr) return absl::OkStatus();
    CalibrateOptions calibrate_options = options_.calibrate;
    if (spec_.index == IndexChoice::kGraph) {
      // It stays whatever it costs, so the whole curve is of interest.
      calibrate_options.slowest = std::numeric_limits<double>::infinity();
    }
    std::vector<QuerySample> samples;
    samples.reserve(all.size());
    samples.push_back(SampleQueries(table(), table(), calibrate_options));
    for (const TableLoad& other : all) {
      if (&other == this) continue;
      samples.push_back(
          SampleQueries(other.table(), table(), calibrate_options));
    }
    AKIN_ASSIGN_OR_RETURN(
        Calibration calibration,
        akin::Calibrate(table(), *graph_, loaded_->exact(), samples,
                        calibrate_options, options_.pool,
                        [&](uint64_t done, uint64_t total) {
                          return Report(LoadStage::kCalibrating, done, total);
                        }));
    graph_->SetCalibration(std::move(calibration));
    return absl::OkStatus();
  }

  // self-check against exact; auto: the graph only if it pays
  absl::Status Choose() {
    if (graph_ == nullptr) return absl::OkStatus();
    LoadReport* report = loaded_->mutable_report();
    // Without a curve every answer is exact.
    const UsualSearch usual = UsualSearchFor(*graph_->calibration(), "")
                                  .value_or(UsualSearch{1, 0, false, 0});
    report->recall_at_10 = usual.recall;
    if (usual.reached) report->graph_microseconds = usual.microseconds;
    if (spec_.index == IndexChoice::kAuto) {
      if (!GraphPays(*graph_->calibration())) graph_ = nullptr;
    } else if (usual.recall < kLeastRecall && !ScanAnswersInstead(usual)) {
      return absl::FailedPreconditionError(
          absl::StrCat("the graph finds at most ", usual.recall,
                       " of the true 10 nearest, expected at least ",
                       kLeastRecall, "; use index=exact"));
    }
    if (graph_ != nullptr) Keep(std::move(graph_));
    return absl::OkStatus();
  }

  std::unique_ptr<const IndexedTable> Take() && { return std::move(loaded_); }

 private:
  // Of a small table the longest walk that is worth it may find little: what
  // asks for more is scanned, with no more comparisons. Not so of what compact
  // leaves.
  bool ScanAnswersInstead(const UsualSearch& usual) const {
    return spec_.profile != Profile::kCompact &&
           usual.distances >= static_cast<double>(table().rows());
  }

  absl::Status ReadAttributesOf(LoadReport* report) {
    const uint64_t total = StoredBytes(spec_.attributes.path);
    AKIN_ASSIGN_OR_RETURN(Attributes attributes,
                          ReadAttributes(
                              spec_.attributes, loaded_->table(),
                              spec_.read.on_bad_row, options_.pool,
                              [&](uint64_t bytes) {
                                return Report(LoadStage::kReading, bytes,
                                              total);
                              },
                              &report->attributes.emplace()));
    report->attributes->source = spec_.AttributesName();
    loaded_->SetAttributes(std::move(attributes));
    return absl::OkStatus();
  }

  // Gives back what the graph does not need.
  void Keep(std::unique_ptr<GraphSearcher> graph) {
    LoadReport* report = loaded_->mutable_report();
    report->profile = plan_.profile;
    report->layout = DescribeLayout(plan_);
    loaded_->SetIndex(std::move(graph));
    if (!plan_.keeps_vectors) {
      loaded_->DropVectors();
    } else if (plan_.layout == GraphLayout::kRows) {
      loaded_->DropCodes();
    }
    // Exact search has changed what it reads.
    report->exact_microseconds = MeasureMicroseconds(
        loaded_->exact(), SampleQueries(table(), table(), {}));
  }

  bool Report(LoadStage stage, uint64_t done, uint64_t total) const {
    const IndexPlan* plan = stage == LoadStage::kReading ? nullptr : &plan_;
    return !options_.progress ||
           options_.progress({spec_.name, stage, done, total, plan});
  }

  const TableSpec& spec_;
  const LoadOptions& options_;
  std::unique_ptr<IndexedTable> loaded_;
  IndexPlan plan_;
  std::unique_ptr<GraphSearcher> graph_;  // until it is chosen
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
  for (TableLoad& load : loads) {
    const std::string name =
        absl::StrCat("table ", model, "/", load.table().name());
    AKIN_RETURN_IF_ERROR(Annotate(load.BuildIndex(), name));
    AKIN_RETURN_IF_ERROR(Annotate(load.Calibrate(loads), name));
    AKIN_RETURN_IF_ERROR(Annotate(load.Choose(), name));
  }
  // Until here each was asked for queries by the others.
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.reserve(loads.size());
  for (TableLoad& load : loads) tables.push_back(std::move(load).Take());
  return std::make_shared<const Version>(std::string(model), number,
                                         std::move(tables));
}

// Of `path`, unless there is a name.
std::string NameOf(const std::string& name, const std::string& path) {
  return name.empty() ? path.substr(path.find_last_of('/') + 1) : name;
}

}  // namespace

std::string TableSpec::SourceName() const {
  return NameOf(source_name, source.path);
}

std::string TableSpec::IdsName() const {
  return NameOf(ids_name, source.ids_path);
}

std::string TableSpec::AttributesName() const {
  return NameOf(attributes_name, attributes.path);
}

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
