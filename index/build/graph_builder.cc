#include "index/build/graph_builder.h"

#include <faiss/IndexHNSW.h>
#include <faiss/impl/DistanceComputer.h>
#include <omp.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/kernels/distances.h"

namespace akin {
namespace {

// FAISS takes lower for nearer under METRIC_L2, whatever the number means. So
// minus the inner product serves cosine and dot without FAISS' negating
// wrapper, a second virtual call per distance.
class TableDistances : public faiss::DistanceComputer {
 public:
  explicit TableDistances(const Table& table)
      : vectors_(table.vectors()),
        dimension_(table.dimension()),
        distance_(table.metric() == Metric::kL2 ? ActiveKernels().l2
                                                : ActiveKernels().dot),
        sign_(table.metric() == Metric::kL2 ? 1.0f : -1.0f) {}

  void set_query(const float* x) override { query_ = x; }

  float operator()(idx_t i) override {
    return sign_ * distance_(query_, Row(i), dimension_);
  }

  float symmetric_dis(idx_t i, idx_t j) override {
    return sign_ * distance_(Row(i), Row(j), dimension_);
  }

 private:
  const float* Row(idx_t i) const { return vectors_ + i * dimension_; }

  const float* const vectors_;
  const size_t dimension_;
  float (*const distance_)(const float*, const float*, size_t);
  const float sign_;
  const float* query_ = nullptr;
};

// The table, seen as a FAISS storage; "adding" to it only moves the count.
class TableStorage : public faiss::Index {
 public:
  explicit TableStorage(const Table& table)
      : faiss::Index(static_cast<int>(table.dimension()), faiss::METRIC_L2),
        table_(table) {}

  void add(idx_t n, const float* /*x*/) override { ntotal += n; }
  void reset() override { ntotal = 0; }
  // FAISS' own search is never called.
  void search(idx_t, const float*, idx_t, float*, idx_t*,
              const faiss::SearchParameters*) const override {}
  faiss::DistanceComputer* get_distance_computer() const override {
    return new TableDistances(table_);
  }

 private:
  const Table& table_;
};

// `count` links from `from`, ended by kNoRow if there are fewer.
void CopyLinks(const faiss::HNSW::storage_idx_t* from, size_t count,
               uint32_t* to) {
  size_t used = 0;
  for (size_t i = 0; i < count && from[i] >= 0; ++i) {
    to[used++] = static_cast<uint32_t>(from[i]);
  }
  std::fill(to + used, to + count, kNoRow);
}

Graph Export(const faiss::HNSW& hnsw, size_t rows) {
  Graph graph;
  graph.entry = static_cast<uint32_t>(hnsw.entry_point);
  graph.top_level = static_cast<uint32_t>(std::max(hnsw.max_level, 0));
  graph.base_degree = static_cast<uint32_t>(hnsw.nb_neighbors(0));
  graph.upper_degree = static_cast<uint32_t>(hnsw.nb_neighbors(1));
  graph.base_links.resize(rows * graph.base_degree);
  for (size_t row = 0; row < rows; ++row) {
    const auto* links = hnsw.neighbors.data() + hnsw.offsets[row];
    CopyLinks(links, graph.base_degree,
              graph.base_links.data() + row * graph.base_degree);
    const int levels = hnsw.levels[row];  // 1 = on level 0 only
    if (levels <= 1) continue;
    const size_t begin = graph.upper_links.size();
    graph.upper_begin[static_cast<uint32_t>(row)] = begin;
    graph.upper_links.resize(begin + size_t(levels - 1) * graph.upper_degree);
    for (int level = 1; level < levels; ++level) {
      CopyLinks(links + hnsw.cum_nb_neighbors(level), graph.upper_degree,
                graph.upper_links.data() + begin +
                    size_t(level - 1) * graph.upper_degree);
    }
  }
  graph.upper_links.shrink_to_fit();
  return graph;
}

absl::Status Insert(const Table& table, const BuildProgress& progress,
                    faiss::IndexHNSW* index) {
  // Often enough for a smooth progress bar and a quick cancel. FAISS sets up
  // locks for all rows at each call, so a call must be worth it.
  const size_t rows = table.rows();
  const size_t step = std::max<size_t>(2'000, rows / 50);
  for (size_t begin = 0; begin < rows; begin += step) {
    if (progress && !progress(begin)) {
      return absl::CancelledError("building the graph was cancelled");
    }
    const size_t count = std::min(step, rows - begin);
    index->add(static_cast<faiss::Index::idx_t>(count),
               table.vectors() + begin * table.dimension());
  }
  if (progress) progress(rows);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Graph> BuildGraph(const Table& table,
                                 const GraphOptions& options,
                                 const BuildProgress& progress) {
  constexpr auto kMaxFaissRows = std::numeric_limits<int32_t>::max();
  if (table.rows() == 0 || table.rows() > size_t{kMaxFaissRows}) {
    return absl::InvalidArgumentError(
        absl::StrCat("a graph is built over 1 to ", kMaxFaissRows,
                     " rows, table ", table.name(), " has ", table.rows()));
  }
  // OpenMP keeps the number of threads per calling thread.
  const int threads_before = omp_get_max_threads();
  if (options.threads > 0)
    omp_set_num_threads(static_cast<int>(options.threads));
  absl::StatusOr<Graph> result;
  try {
    TableStorage storage(table);
    faiss::IndexHNSW index(&storage, static_cast<int>(options.links));
    index.hnsw.efConstruction = static_cast<int>(options.build_effort);
    if (absl::Status s = Insert(table, progress, &index); !s.ok()) {
      result = s;
    } else {
      result = Export(index.hnsw, table.rows());
    }
  } catch (const std::exception& e) {
    result = absl::InternalError(absl::StrCat(
        "building the graph of table ", table.name(), " failed: ", e.what()));
  }
  omp_set_num_threads(threads_before);
  return result;
}

}  // namespace akin
