#include "tests/bench/engine/vector_set.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "index/base/status_macros.h"
#include "index/formats/open_source.h"
#include "index/table/table_builder.h"
#include "index/version/read_table.h"
#include "tests/bench/engine/clustered_vectors.h"
#include "tests/bench/engine/factor_vectors.h"
#include "tests/bench/engine/factorise.h"
#include "tests/bench/engine/raw_files.h"
#include "tests/bench/engine/seeded_random.h"
#include "tests/support/real_data.h"

namespace akin::bench {
namespace {

constexpr size_t kGloveQueries = 2000;
constexpr size_t kAnimeQueries = 2000;
// Of generated sets: so many that what they touch of a large index does not
// stay in the caches.
constexpr size_t kLargeSetRows = 500'000;
constexpr size_t kLargeSetQueries = 4000;
constexpr size_t kSmallSetQueries = 1000;
constexpr size_t kCosineFrom = 512;  // dimensions of generated clusters
// Generated queries are numbered far behind the rows.
constexpr uint64_t kFirstQuery = uint64_t{1} << 40;

size_t QueriesFor(size_t rows) {
  return rows < kLargeSetRows ? kSmallSetQueries : kLargeSetQueries;
}

using WriteVector = std::function<void(size_t, absl::Span<float>)>;

absl::StatusOr<std::string> Data(const std::string& name) {
  std::string path = RealData(name);
  if (path.empty()) return absl::NotFoundError(absl::StrCat("no ", name));
  return path;
}

absl::StatusOr<std::unique_ptr<const Table>> MakeTable(
    const std::string& name, Metric metric, size_t rows, size_t dimension,
    const WriteVector& write) {
  TableBuilder builder(name, static_cast<uint32_t>(dimension),
                       {.metric = metric});
  AKIN_RETURN_IF_ERROR(builder.Reserve(rows));
  for (size_t i = 0; i < rows; ++i) {
    AKIN_ASSIGN_OR_RETURN(const absl::Span<float> values, builder.NextRow());
    write(i, values);
    if (const auto bad = builder.Commit(absl::StrCat(i)); bad.has_value()) {
      return absl::InternalError(
          absl::StrCat(name, ", row ", i, ": ", bad->detail));
    }
  }
  return std::make_unique<const Table>(std::move(builder).Build());
}

std::vector<float> MakeQueries(Metric metric, size_t count, size_t dimension,
                               const WriteVector& write) {
  std::vector<float> out(count * dimension);
  for (size_t i = 0; i < count; ++i) {
    const auto values = absl::MakeSpan(out).subspan(i * dimension, dimension);
    write(i, values);
    if (metric == Metric::kCosine) Normalise(values);
  }
  return out;
}

WriteVector CopyFrom(const float* values, size_t dimension) {
  return [=](size_t i, absl::Span<float> out) {
    std::copy_n(values + i * dimension, dimension, out.begin());
  };
}

std::vector<double> ToDoubles(const std::vector<int32_t>& values) {
  return {values.begin(), values.end()};
}

absl::StatusOr<VectorSet> MakeGlove() {
  AKIN_ASSIGN_OR_RETURN(const std::string path,
                        Data("glove-6b-50d-200k/glove.6B.50d.200k.txt.gz"));
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<VectorSource> source,
                        OpenVectorSource({path, ""}));
  LoadReport report;
  AKIN_ASSIGN_OR_RETURN(
      const Table words,
      ReadTable("words", path, source.get(), ReadOptions(), nullptr, &report));
  // The first kGloveQueries of a seeded shuffle are held out.
  std::vector<uint32_t> order(words.rows());
  std::iota(order.begin(), order.end(), 0);
  SeededRandom random(1);
  for (size_t i = 0; i < kGloveQueries; ++i) {
    std::swap(order[i], order[i + random.Below(order.size() - i)]);
  }
  // The others keep the file's order.
  std::sort(order.begin() + kGloveQueries, order.end());
  const auto copy = [&](size_t at, absl::Span<float> out) {
    const auto from = words.SearchVector(order[at]);
    std::copy(from.begin(), from.end(), out.begin());
  };
  VectorSet set;
  set.about = "GloVe 6B words; 2,000 held-out words as queries";
  set.queries =
      MakeQueries(Metric::kCosine, kGloveQueries, words.dimension(), copy);
  AKIN_ASSIGN_OR_RETURN(
      set.table,
      MakeTable("glove", Metric::kCosine, order.size() - kGloveQueries,
                words.dimension(), [&](size_t i, absl::Span<float> out) {
                  copy(kGloveQueries + i, out);
                }));
  return set;
}

absl::StatusOr<VectorSet> FromFiles(const std::string& name,
                                    const FloatRows& base,
                                    const FloatRows& queries,
                                    const std::string& truth) {
  AKIN_ASSIGN_OR_RETURN(const IntRows published, ReadIvecs(truth));
  VectorSet set;
  AKIN_ASSIGN_OR_RETURN(
      set.table, MakeTable(name, Metric::kL2, base.rows(), base.dimension,
                           CopyFrom(base.values.data(), base.dimension)));
  set.queries = queries.values;
  set.published = ToDoubles(published.values);
  if (queries.dimension != base.dimension ||
      published.values.size() != queries.rows() * published.width) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": base, queries and truth do not fit together"));
  }
  return set;
}

absl::StatusOr<VectorSet> MakeMnist() {
  AKIN_ASSIGN_OR_RETURN(const std::string base_path,
                        Data("mnist-784/train-images-idx3-ubyte.gz"));
  AKIN_ASSIGN_OR_RETURN(const std::string query_path,
                        Data("mnist-784/test-first1000-images-idx3-ubyte.gz"));
  AKIN_ASSIGN_OR_RETURN(const std::string truth_path,
                        Data("mnist-784/groundtruth-l2-top100-sqdist.ivecs"));
  AKIN_ASSIGN_OR_RETURN(const FloatRows base, ReadIdxImages(base_path));
  AKIN_ASSIGN_OR_RETURN(const FloatRows queries, ReadIdxImages(query_path));
  AKIN_ASSIGN_OR_RETURN(VectorSet set,
                        FromFiles("mnist", base, queries, truth_path));
  set.about = "MNIST digits; 1,000 test images as queries";
  return set;
}

absl::StatusOr<VectorSet> MakeBigann() {
  AKIN_ASSIGN_OR_RETURN(const std::string base_path,
                        Data("bigann-10k/base.bvecs"));
  AKIN_ASSIGN_OR_RETURN(const std::string query_path,
                        Data("bigann-10k/query.bvecs"));
  AKIN_ASSIGN_OR_RETURN(const std::string truth_path,
                        Data("bigann-10k/groundtruth-l2-top100-sqdist.ivecs"));
  AKIN_ASSIGN_OR_RETURN(const FloatRows base, ReadBvecs(base_path));
  AKIN_ASSIGN_OR_RETURN(const FloatRows queries, ReadBvecs(query_path));
  AKIN_ASSIGN_OR_RETURN(VectorSet set,
                        FromFiles("bigann", base, queries, truth_path));
  set.about =
      "the first 10,000 SIFT descriptors of BIGANN; 100 queries, rows "
      "themselves";
  return set;
}

absl::StatusOr<VectorSet> MakeAnime(size_t dimension, WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(const std::string path,
                        Data("anime-5k/anime_history.dat.gz"));
  AKIN_ASSIGN_OR_RETURN(const Interactions seen, ReadInteractions(path));
  FactoriseOptions options;
  options.dimension = dimension;
  const Factors factors = Factorise(seen.items_of, seen.items, options, pool);
  VectorSet set;
  set.about =
      "ALS factors of who watched which anime; items as base, users as queries";
  AKIN_ASSIGN_OR_RETURN(set.table,
                        MakeTable("anime", Metric::kDot, seen.items, dimension,
                                  CopyFrom(factors.items.data(), dimension)));
  set.queries =
      MakeQueries(Metric::kDot, std::min(kAnimeQueries, seen.users), dimension,
                  CopyFrom(factors.users.data(), dimension));
  return set;
}

absl::StatusOr<VectorSet> MakeFactors(size_t rows, size_t dimension) {
  FactorShape shape;
  shape.dimension = dimension;
  const FactorVectors source(shape);
  VectorSet set;
  set.about = "generated factors, log-normal lengths; users as queries";
  AKIN_ASSIGN_OR_RETURN(set.table,
                        MakeTable("mf", Metric::kDot, rows, dimension,
                                  [&](size_t i, absl::Span<float> out) {
                                    source.WriteItem(i, out);
                                  }));
  set.queries = MakeQueries(
      Metric::kDot, QueriesFor(rows), dimension,
      [&](size_t i, absl::Span<float> out) { source.WriteUser(i, out); });
  return set;
}

absl::StatusOr<VectorSet> MakeClusters(size_t rows, size_t dimension) {
  const Metric metric = dimension < kCosineFrom ? Metric::kL2 : Metric::kCosine;
  ClusterShape shape;
  shape.dimension = dimension;
  const ClusteredVectors source(shape);
  VectorSet set;
  set.about = "generated clusters; queries of the same distribution";
  AKIN_ASSIGN_OR_RETURN(set.table,
                        MakeTable("clusters", metric, rows, dimension,
                                  [&](size_t i, absl::Span<float> out) {
                                    source.Write(i, out);
                                  }));
  set.queries = MakeQueries(metric, QueriesFor(rows), dimension,
                            [&](size_t i, absl::Span<float> out) {
                              source.Write(kFirstQuery + i, out);
                            });
  return set;
}

// "200k" is 200,000 and "1m" is 1,000,000; 0: not a number of rows.
size_t ParseRows(absl::string_view text) {
  size_t factor = 1;
  if (absl::ConsumeSuffix(&text, "k")) factor = 1'000;
  if (absl::ConsumeSuffix(&text, "m")) factor = 1'000'000;
  size_t rows = 0;
  return absl::SimpleAtoi(text, &rows) ? rows * factor : 0;
}

absl::StatusOr<VectorSet> MakeByName(const std::string& name,
                                     WorkerPool* pool) {
  if (name == "glove") return MakeGlove();
  if (name == "mnist") return MakeMnist();
  if (name == "bigann") return MakeBigann();
  const std::vector<std::string> parts = absl::StrSplit(name, '-');
  size_t dimension = 0;
  if (parts.size() > 1 && absl::SimpleAtoi(parts.back(), &dimension) &&
      dimension > 0) {
    const size_t rows = ParseRows(parts[1]);
    if (parts.size() == 2 && parts[0] == "anime") {
      return MakeAnime(dimension, pool);
    }
    if (parts.size() == 3 && parts[0] == "mf" && rows > 0) {
      return MakeFactors(rows, dimension);
    }
    if (parts.size() == 3 && parts[0] == "clusters" && rows > 0) {
      return MakeClusters(rows, dimension);
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "set is \"", name,
      "\", expected glove, mnist, bigann, anime-D, mf-N-D or clusters-N-D"));
}

}  // namespace

absl::StatusOr<VectorSet> MakeVectorSet(const std::string& name,
                                        WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(VectorSet set, MakeByName(name, pool));
  set.name = name;
  return set;
}

std::string Fingerprint(const VectorSet& set) {
  // FNV-1a over a thousand rows; more would tell no more.
  uint64_t hash = 0xCBF29CE484222325;
  const size_t step = std::max<size_t>(1, set.rows() / 1000);
  for (size_t row = 0; row < set.rows(); row += step) {
    for (const float value :
         set.table->SearchVector(static_cast<uint32_t>(row))) {
      uint32_t bits = 0;
      std::memcpy(&bits, &value, sizeof(bits));
      hash = (hash ^ bits) * 0x100000001B3;
    }
  }
  return absl::StrFormat("%s-%d-%016x", set.name, set.rows(), hash);
}

}  // namespace akin::bench
