// The sets of vectors that engines are compared on.

#ifndef AKIN_TESTS_BENCH_ENGINE_VECTOR_SET_H_
#define AKIN_TESTS_BENCH_ENGINE_VECTOR_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "index/base/worker_pool.h"
#include "index/table/table.h"

namespace akin::bench {

struct VectorSet {
  std::string name;
  std::string about;  // where it comes from, for the report
  std::unique_ptr<const Table> table;
  // One behind the other; of length 1 under cosine. None is a row of the table,
  // but in bigann, where all are.
  std::vector<float> queries;
  // The squared distances of each query's nearest rows, rising, as the set's
  // publisher found them; empty: it published none.
  std::vector<double> published;

  size_t rows() const { return table->rows(); }
  size_t dimension() const { return table->dimension(); }
  size_t query_count() const { return queries.size() / dimension(); }
  const float* query(size_t i) const { return &queries[i * dimension()]; }
  size_t published_depth() const { return published.size() / query_count(); }
  double vector_bytes() const {
    return static_cast<double>(rows() * dimension() * sizeof(float));
  }
};

// Makes or reads the set called `name`:
//   glove            GloVe words (cosine), held-out words as queries
//   mnist            images of digits (l2), test images as queries
//   bigann           10,000 SIFT descriptors (l2), as a check
//   anime-32, -64    factors of ratings (dot), users as queries
//   mf-200k-64       generated factors (dot), users as queries
//   clusters-1m-128  generated clusters; l2 below 512 dimensions, else cosine
// Generated sets take any number of rows ("20k", "2m") and any dimension.
// NOT_FOUND: the data is not there. INVALID_ARGUMENT: no such set.
absl::StatusOr<VectorSet> MakeVectorSet(const std::string& name,
                                        WorkerPool* pool);

// A name for the set's content in file names: it differs when the vectors do.
std::string Fingerprint(const VectorSet& set);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_VECTOR_SET_H_
