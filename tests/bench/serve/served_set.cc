#include "tests/bench/serve/served_set.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/search/searcher.h"
#include "index/version/load_version.h"
#include "tests/bench/serve/trained_file.h"

namespace akin::bench {
namespace {

constexpr char kModel[] = "bench";
constexpr char kTable[] = "base";
constexpr uint32_t kNeighbors = 10;

template <class Request>
void Address(Request* request) {
  request->set_model(kModel);
  request->set_table(kTable);
  request->mutable_options()->set_k(kNeighbors);
}

double ThreadMicroseconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 +
         static_cast<double>(time.tv_nsec) * 1e-3;
}

}  // namespace

absl::StatusOr<ServedSet> ServedSet::Make(const std::string& name,
                                          WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(VectorSet set, MakeVectorSet(name, pool));
  const Table& table = *set.table;
  const auto copy_row = [&](uint32_t row, absl::Span<float> vector) {
    table.CopyOriginal(row, vector);
  };
  AKIN_ASSIGN_OR_RETURN(
      ScratchFile file,
      WriteTrainedFile(table.rows(), table.dimension(), copy_row));
  ServedSet served(std::move(set), std::move(file));

  TableSpec spec;
  spec.name = kTable;
  spec.source.path = served.file_.path();
  spec.read.table.metric = served.set_.table->metric();
  spec.index = IndexChoice::kGraph;
  LoadOptions load;
  load.pool = pool;
  AKIN_ASSIGN_OR_RETURN(served.version_, LoadVersion(kModel, 1, {spec}, load));
  AKIN_ASSIGN_OR_RETURN(WatchedServer server, served.Serve({}));
  served.server_ = std::make_unique<WatchedServer>(std::move(server));
  return served;
}

absl::StatusOr<WatchedServer> ServedSet::Serve(
    std::vector<std::string> arguments) const {
  arguments.insert(
      arguments.end(),
      {"--load", absl::StrCat(kModel, "/", kTable, "=", file_.path(),
                              ",metric=", MetricName(set_.table->metric()),
                              ",index=graph")});
  return WatchedServer::Start(arguments);
}

std::vector<v1::SearchRequest> ServedSet::ByVector() const {
  std::vector<v1::SearchRequest> requests(set_.query_count());
  for (size_t i = 0; i < requests.size(); ++i) {
    Address(&requests[i]);
    requests[i]
        .mutable_query()
        ->mutable_vector()
        ->mutable_floats()
        ->mutable_values()
        ->Add(set_.query(i), set_.query(i) + set_.dimension());
  }
  return requests;
}

std::vector<v1::SearchRequest> ServedSet::ById() const {
  std::vector<v1::SearchRequest> requests(set_.query_count());
  for (size_t i = 0; i < requests.size(); ++i) {
    Address(&requests[i]);
    // A prime, to spread over the table.
    requests[i].mutable_query()->mutable_id()->set_id(
        absl::StrCat("r", i * 7919 % set_.rows()));
  }
  return requests;
}

std::vector<v1::BatchSearchRequest> ServedSet::Batches(size_t size,
                                                       bool flat) const {
  std::vector<v1::BatchSearchRequest> requests;
  const std::vector<v1::SearchRequest> single = ByVector();
  for (size_t begin = 0; begin + size <= single.size(); begin += size) {
    v1::BatchSearchRequest& request = requests.emplace_back();
    Address(&request);
    if (flat) {
      v1::VectorBlock* block = request.mutable_vectors();
      block->set_dtype(v1::DTYPE_F32);
      block->set_dimension(static_cast<uint32_t>(set_.dimension()));
      block->set_data(set_.query(begin),
                      size * set_.dimension() * sizeof(float));
      request.set_flat(true);
    } else {
      for (size_t i = begin; i < begin + size; ++i) {
        *request.add_queries() = single[i].query();
      }
    }
  }
  return requests;
}

double ServedSet::EngineMicroseconds(double seconds) const {
  const Searcher& searcher = (*version_->FindTable(kTable))->index();
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  const double begin_us = ThreadMicroseconds();
  size_t queries = 0;
  while (std::chrono::steady_clock::now() < end) {
    for (int i = 0; i < 100; ++i, ++queries) {
      SearchTask task;
      task.query = {set_.query(queries % set_.query_count()), set_.dimension()};
      task.k = kNeighbors;
      searcher.Search(&task);
    }
  }
  return (ThreadMicroseconds() - begin_us) / static_cast<double>(queries);
}

double ServedSet::EngineDistances() const {
  const Searcher& searcher = (*version_->FindTable(kTable))->index();
  double distances = 0;
  for (size_t i = 0; i < set_.query_count(); ++i) {
    SearchTask task;
    task.query = {set_.query(i), set_.dimension()};
    task.k = kNeighbors;
    searcher.Search(&task);
    distances += static_cast<double>(task.stats.distances);
  }
  return distances / static_cast<double>(set_.query_count());
}

}  // namespace akin::bench
