#include "tests/bench/versions/cold_start.h"

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "index/version/load_version.h"
#include "index/version/sealed_version.h"
#include "tests/bench/engine/cache_folder.h"
#include "tests/bench/engine/rivals.h"
#include "tests/bench/engine/vector_set.h"
#include "tests/bench/serve/trained_file.h"
#include "tests/bench/stopwatch.h"

namespace akin::bench {
namespace {

namespace fs = std::filesystem;

constexpr char kModel[] = "bench";
constexpr char kTable[] = "base";
constexpr size_t kNeighbors = 10;
constexpr Goal kColdStartGoal = {3, 10};

// From files in the page cache to the first answer, again and again.
class ColdStart {
 public:
  ColdStart(std::string set, const std::string& cache, size_t pairs,
            Figures* figures)
      : set_name_(std::move(set)),
        pairs_(pairs),
        cache_(cache),
        figures_(*figures) {}

  absl::Status Run() {
    std::fprintf(stderr, "versions: %s, vectors and indexes\n",
                 set_name_.c_str());
    AKIN_ASSIGN_OR_RETURN(set_, MakeVectorSet(set_name_, &pool_));
    AKIN_RETURN_IF_ERROR(Seal());
    AKIN_ASSIGN_OR_RETURN(const HnswlibMaker hnswlib,
                          HnswlibMaker::Load(/*avx2=*/false));
    const bool inner_product = hnswlib.ByInnerProduct(set_);
    const auto load_hnswlib = [&] {
      return hnswlib.Make(set_, inner_product, rival_, cache_);
    };
    const auto load_faiss = [&] {
      return MakeFaissGraph(set_, faiss_, cache_);
    };
    // Once each: builds what is missing, fills the page cache, and shows the
    // right answer.
    std::fprintf(stderr, "versions: %s, first loads\n", set_name_.c_str());
    double unused = 0;
    AKIN_RETURN_IF_ERROR(TimeRival(load_hnswlib, &unused));
    AKIN_RETURN_IF_ERROR(TimeRival(load_faiss, &unused));
    AKIN_RETURN_IF_ERROR(TimeAkin(&pool_, {}, &unused));

    figures_.Section(absl::StrCat("cold start: ", set_.about));
    TextTable table({"load", "seconds", "akin, seconds", "ratio"});
    for (const bool map : {false, true}) {
      AKIN_RETURN_IF_ERROR(
          Compare("hnswlib loadIndex, M16", load_hnswlib, map, &table));
      AKIN_RETURN_IF_ERROR(
          Compare("FAISS read_index, HNSWFlat M16", load_faiss, map, &table));
    }
    figures_.Table(table);
    WorkerPool one(1);
    double alone = 0;
    AKIN_RETURN_IF_ERROR(TimeAkin(&one, {}, &alone));
    AKIN_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(folder_));
    const TableManifest& sealed = manifest.tables.front();
    figures_.Line(absl::StrFormat(
        "%d x %d: %.0f MB sealed (%s), every byte verified; on one thread, as "
        "a server reads beside its work, %.2f s.",
        sealed.rows, sealed.dimension,
        static_cast<double>(sealed.file_bytes) * 1e-6, sealed.report.layout,
        alone));
    return absl::OkStatus();
  }

 private:
  using LoadRival =
      std::function<absl::StatusOr<std::unique_ptr<SearchEngine>>()>;

  // Into the cache, unless it is there.
  absl::Status Seal() {
    folder_ = cache_.PathOf(absl::StrCat("sealed-", Fingerprint(set_)));
    if (ReadManifest(folder_).ok()) return absl::OkStatus();
    const Table& table = *set_.table;
    AKIN_ASSIGN_OR_RETURN(
        const ScratchFile file,
        WriteTrainedFile(table.rows(), table.dimension(),
                         [&](uint32_t row, absl::Span<float> vector) {
                           table.CopyOriginal(row, vector);
                         }));
    TableSpec spec;
    spec.name = kTable;
    spec.source.path = file.path();
    spec.read.table.metric = table.metric();
    spec.index = IndexChoice::kGraph;
    LoadOptions load;
    load.pool = &pool_;
    AKIN_ASSIGN_OR_RETURN(const auto version,
                          LoadVersion(kModel, 1, {spec}, load));
    std::error_code error;
    fs::remove_all(folder_, error);
    if (!fs::create_directories(folder_, error)) {
      return absl::InternalError(absl::StrCat(folder_, ": ", error.message()));
    }
    return SealVersion(*version, {}, folder_).status();
  }

  absl::Status TimeAkin(WorkerPool* pool, const OpenOptions& open,
                        double* seconds) {
    const Stopwatch watch;
    AKIN_ASSIGN_OR_RETURN(const auto version,
                          OpenVersion(folder_, kModel, 1, pool, open));
    SearchTask task;
    task.query = {set_.query(0), set_.dimension()};
    task.k = kNeighbors;
    version->tables().front()->index().Search(&task);
    *seconds = watch.seconds();
    SearchTask truth;
    truth.query = task.query;
    truth.k = 1;
    version->tables().front()->exact().Search(&truth);
    return CheckAnswer("akin", truth.neighbors.at(0).row,
                       task.neighbors.at(0).row);
  }

  absl::Status TimeRival(const LoadRival& load, double* seconds) {
    const Stopwatch watch;
    AKIN_ASSIGN_OR_RETURN(const auto engine, load());
    engine->SetEffort(100);
    std::vector<uint32_t> rows(kNeighbors);
    engine->Search(set_.query(0), kNeighbors, rows.data());
    *seconds = watch.seconds();
    return CheckAnswer("a rival", rows[0], rows[0]);
  }

  // All find the same nearest row.
  absl::Status CheckAnswer(const char* who, uint32_t truth, uint32_t answer) {
    if (!nearest_.has_value()) nearest_ = truth;
    if (truth == *nearest_ && answer == *nearest_) return absl::OkStatus();
    return absl::InternalError(
        absl::StrCat(who, " finds row ", answer, ", expected ", *nearest_));
  }

  // `map`: akin leaves vectors and index in the file (--file-access map).
  absl::Status Compare(std::string name, const LoadRival& load, bool map,
                       TextTable* table) {
    OpenOptions open;
    open.map = map;
    if (map) name += ", akin mapped";
    std::vector<double> ours;
    std::vector<double> theirs;
    AKIN_RETURN_IF_ERROR(RunInPairs(
        pairs_, [&] { return TimeAkin(&pool_, open, &ours.emplace_back()); },
        [&] { return TimeRival(load, &theirs.emplace_back()); }));
    std::vector<double> ratios;
    for (size_t i = 0; i < ours.size(); ++i) {
      ratios.push_back(theirs[i] / ours[i]);
    }
    const Estimate ratio = EstimateMedian(ratios);
    table->AddRow({name, absl::StrFormat("%.2f", Median(theirs)),
                   absl::StrFormat("%.2f", Median(ours)),
                   absl::StrFormat("%.2f [%.2f, %.2f]", ratio.median, ratio.low,
                                   ratio.high)});
    figures_.Add(absl::StrCat("cold start over ", name), set_name_, ratio,
                 kColdStartGoal);
    return absl::OkStatus();
  }

  const std::string set_name_;
  const size_t pairs_;
  const CacheFolder cache_;
  Figures& figures_;
  WorkerPool pool_{std::thread::hardware_concurrency()};
  const RivalOptions rival_ = {.links = 16,
                               .build_effort = 200,
                               .threads = pool_.threads(),
                               .huge_pages = false};
  // A file takes as long to read, however well its graph was built, and FAISS
  // would build for half an hour.
  const RivalOptions faiss_ = {.links = 16,
                               .build_effort = 40,
                               .threads = pool_.threads(),
                               .huge_pages = false};
  VectorSet set_;
  std::string folder_;
  std::optional<uint32_t> nearest_;
};

}  // namespace

absl::Status BenchColdStart(const std::string& set, const std::string& cache,
                            size_t pairs, Figures* figures) {
  return ColdStart(set, cache, pairs, figures).Run();
}

}  // namespace akin::bench
