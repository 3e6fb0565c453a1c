#include "tests/bench/filters/filters.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "index/base/status_macros.h"
#include "index/query/predicate.h"
#include "index/query/run_query.h"
#include "tests/bench/engine/blocks.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/engine/seeded_random.h"
#include "tests/bench/engine/vector_set.h"
#include "tests/bench/filters/filtered_version.h"

namespace akin::bench {
namespace {

constexpr uint32_t kNeighbors = 10;
constexpr Goal kThroughput = {0.5, 0.5};
constexpr Goal kRecall = {0.95, 0.95};

// One way to filter. A range begins elsewhere in every query: what was worked
// out for one is of no use to the next.
struct FilterKind {
  std::string name;
  const char* attribute = nullptr;  // null: no filter
  double share = 1;
};

// Searches one version, each time with the next query and a filter of its own.
class FilteredSide {
 public:
  FilteredSide(const VectorSet& set, const Version& version, FilterKind kind)
      : set_(set), version_(version), kind_(std::move(kind)) {}

  absl::StatusOr<Answer> Ask(size_t query, bool exact) const {
    Predicate filter;
    char bucket[] = "b0";
    SearchOptions options;
    options.k = kNeighbors;
    options.exact = exact;
    if (kind_.attribute != nullptr) {
      FillFilter(query, bucket, &filter);
      options.filter = &filter;
    }
    return RunQuery(version_, kFilteredTable, QueryAt(query), options);
  }

  // About `seconds`, by the speed of the last block.
  Block Run(double seconds) {
    Block block = TimeOnThreads(1, [&](size_t) {
      for (size_t i = 0; i < count_; ++i) failed_ |= !Ask(next_++, false).ok();
    });
    block.done = static_cast<double>(count_);
    if (block.seconds > 0) {
      count_ = std::max<size_t>(
          1, static_cast<size_t>(block.done * seconds / block.seconds));
    }
    return block;
  }

  bool failed() const { return failed_; }

 private:
  Query QueryAt(size_t query) const {
    return absl::Span<const float>(set_.query(query % set_.query_count()),
                                   set_.dimension());
  }

  void FillFilter(size_t query, char* bucket, Predicate* filter) const {
    SeededRandom random(7, query);
    filter->attribute = kind_.attribute;
    if (filter->attribute == "bucket") {
      bucket[1] = static_cast<char>('0' + random.Below(10));
      filter->kind = Predicate::Kind::kIn;
      filter->values = {absl::string_view(bucket, 2)};
      return;
    }
    const double low = random.Uniform() * (1 - kind_.share);
    filter->kind = Predicate::Kind::kRange;
    filter->low = low;
    filter->high = low + kind_.share;
    filter->high_open = true;
  }

  const VectorSet& set_;
  const Version& version_;
  const FilterKind kind_;
  size_t count_ = 16;
  size_t next_ = 0;
  bool failed_ = false;
};

// Of what exact search finds with the same filter, by score: rows as near as
// the last one count. Queries to which nothing matches do not.
absl::StatusOr<double> Recall(const FilteredSide& side, size_t queries) {
  double sum = 0;
  size_t counted = 0;
  for (size_t query = 0; query < queries; ++query) {
    AKIN_ASSIGN_OR_RETURN(const Answer truth, side.Ask(query, true));
    AKIN_ASSIGN_OR_RETURN(const Answer found, side.Ask(query, false));
    if (truth.hits.empty()) continue;
    if (found.hits.size() != truth.hits.size()) {
      return absl::InternalError(
          absl::StrCat("a filtered search has ", found.hits.size(),
                       " hits, exact search has ", truth.hits.size()));
    }
    const float least = truth.hits.back().score;
    const auto hits =
        std::count_if(found.hits.begin(), found.hits.end(),
                      [&](const Hit& hit) { return hit.score >= least; });
    sum += static_cast<double>(hits) / static_cast<double>(truth.hits.size());
    ++counted;
  }
  return counted == 0 ? 1 : sum / static_cast<double>(counted);
}

std::vector<FilterKind> KindsOf(const FiltersOptions& options) {
  std::vector<FilterKind> kinds;
  for (const char* attribute : {"chance", "along"}) {
    for (const double share : options.shares) {
      kinds.push_back({absl::StrFormat("%s, %g %%", attribute, share * 100),
                       attribute, share});
    }
  }
  kinds.push_back({"keyword, 10 %", "bucket", 0.1});
  return kinds;
}

absl::Status BenchSet(const std::string& name, const FiltersOptions& options,
                      Figures* figures) {
  WorkerPool pool(std::thread::hardware_concurrency());
  std::fprintf(stderr, "filters: %s, vectors and index\n", name.c_str());
  AKIN_ASSIGN_OR_RETURN(const VectorSet set, MakeVectorSet(name, &pool));
  AKIN_ASSIGN_OR_RETURN(const auto version, MakeFilteredVersion(set, &pool));
  figures->Section(absl::StrCat(name, ": ", set.about));
  TextTable table({"filter", "microseconds", "without, microseconds",
                   "throughput over without", "recall@10"});
  FilteredSide without(set, *version, {});
  for (const FilterKind& kind : KindsOf(options)) {
    std::fprintf(stderr, "filters: %s, %s\n", name.c_str(), kind.name.c_str());
    FilteredSide with(set, *version, kind);
    AKIN_ASSIGN_OR_RETURN(const double recall,
                          Recall(with, options.recall_queries));
    const BlockComparison compared = CompareInBlocks(
        options.pairs, [&] { return with.Run(options.seconds_per_block); },
        [&] { return without.Run(options.seconds_per_block); });
    if (with.failed() || without.failed()) {
      return absl::InternalError(absl::StrCat(kind.name, ": a query failed"));
    }
    table.AddRow({kind.name, absl::StrFormat("%.1f", 1e6 / compared.rate_a),
                  absl::StrFormat("%.1f", 1e6 / compared.rate_b),
                  absl::StrFormat("%.2f [%.2f, %.2f]", compared.ratio.median,
                                  compared.ratio.low, compared.ratio.high),
                  absl::StrFormat("%.3f", recall)});
    figures->Add(absl::StrCat("throughput, ", kind.name), name, compared.ratio,
                 kThroughput);
    figures->Add(absl::StrCat("recall@10, ", kind.name), name, Exactly(recall),
                 kRecall);
  }
  figures->Table(table);
  return absl::OkStatus();
}

}  // namespace

absl::Status BenchFilters(const FiltersOptions& options) {
  for (const double share : options.shares) {
    if (share > 0 && share <= 1) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "--shares: ", share, " is no share, expected above 0 and at most 1"));
  }
  Figures figures("filters", ThisMachine());
  for (const std::string& set : options.sets) {
    AKIN_RETURN_IF_ERROR(BenchSet(set, options, &figures));
  }
  figures.Finish(
      {absl::StrFormat(
          "One thread, in process, k = 10, target recall 0.95; filters are "
          "evaluated anew for each query. Median of %d pairs of blocks [95 %% "
          "bootstrap interval].",
          options.pairs)},
      options.json_out);
  return absl::OkStatus();
}

}  // namespace akin::bench
