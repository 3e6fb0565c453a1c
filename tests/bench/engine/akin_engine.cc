#include "tests/bench/engine/akin_engine.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/search/exact_searcher.h"
#include "index/table/codes.h"
#include "tests/bench/stopwatch.h"

namespace akin::bench {
namespace {

class AkinEngine : public SearchEngine {
 public:
  static absl::StatusOr<std::unique_ptr<SearchEngine>> Make(
      const VectorSet& set, const Layout& layout, const IndexPlan& plan,
      WorkerPool* pool) {
    std::unique_ptr<AkinEngine> engine(new AkinEngine(set));
    const Stopwatch watch;
    AKIN_ASSIGN_OR_RETURN(Codes codes, Codes::Encode(*set.table, pool));
    engine->codes_ = std::make_unique<const Codes>(std::move(codes));
    AKIN_ASSIGN_OR_RETURN(
        engine->graph_, BuildGraphIndex(*set.table, *engine->codes_,
                                        &engine->exact_, layout.options, pool));
    engine->build_seconds_ = watch.seconds();
    engine->graph_->SetStopFactor(layout.stop_factor);
    if (plan.layout == GraphLayout::kRows) engine->codes_.reset();
    return engine;
  }

  void SetEffort(size_t effort) override { effort_ = effort; }

  size_t Search(const float* query, size_t k, uint32_t* rows) override {
    return Run(query, k, rows).neighbors.size();
  }

  SearchCounts CountedSearch(const float* query, size_t k,
                             uint32_t* rows) override {
    const SearchStats& stats = Run(query, k, rows).stats;
    return {static_cast<double>(stats.distances),
            static_cast<double>(stats.hops), static_cast<double>(stats.lines),
            static_cast<double>(stats.reranks), stats.exact};
  }

  // What it walks on; not the vectors of the table.
  size_t memory_bytes() const override {
    return graph_->memory_bytes() +
           (codes_ == nullptr ? 0 : codes_->memory_bytes());
  }
  double build_seconds() const override { return build_seconds_; }

 private:
  explicit AkinEngine(const VectorSet& set)
      : exact_(set.table.get()), dimension_(set.dimension()) {}

  // The thread's own task: its answer's memory is used again.
  const SearchTask& Run(const float* query, size_t k, uint32_t* rows) const {
    thread_local SearchTask task;
    task.query = {query, dimension_};
    task.k = k;
    task.effort = effort_;
    task.stats = {};
    graph_->Search(&task);
    std::transform(task.neighbors.begin(), task.neighbors.end(), rows,
                   [](const Neighbor& near) { return near.row; });
    return task;
  }

  const ExactSearcher exact_;
  const size_t dimension_;
  std::unique_ptr<const Codes> codes_;
  std::unique_ptr<GraphSearcher> graph_;
  size_t effort_ = 0;
  double build_seconds_ = 0;
};

// Cuts the number behind `mark` off `text`; false if what stands there is none.
bool CutNumber(char mark, absl::string_view* text, float* number) {
  const size_t at = text->find(mark);
  if (at == absl::string_view::npos) return true;
  if (!absl::SimpleAtof(text->substr(at + 1), number) || *number < 0) {
    return false;
  }
  *text = text->substr(0, at);
  return true;
}

}  // namespace

absl::StatusOr<Layout> ParseLayout(absl::string_view text) {
  absl::string_view name = text;
  Layout layout;
  GraphIndexOptions& options = layout.options;
  options.profile = Profile::kFast;
  float build_effort = 0;
  float degree = 0;
  bool good = CutNumber('%', &name, &layout.stop_factor) &&
              CutNumber('@', &name, &build_effort) &&
              CutNumber(':', &name, &degree);
  options.build_effort = static_cast<uint32_t>(build_effort);
  options.degree = static_cast<uint32_t>(degree);
  if (name == "compact") {
    options.profile = Profile::kCompact;
  } else if (name == "flat") {
    options.layout = GraphLayout::kFlat;
  } else if (name == "rows1" || name == "rows2" || name == "rows4") {
    options.layout = GraphLayout::kRows;
    options.bits = static_cast<uint32_t>(name.back() - '0');
  } else {
    good = good && name == "fast";
  }
  if (good) return layout;
  return absl::InvalidArgumentError(absl::StrCat(
      "layout is \"", text,
      "\", expected fast, compact, flat, rows1, rows2 or rows4, and behind it "
      ":DEGREE, @BUILD_EFFORT, %STOP_FACTOR in this order"));
}

absl::StatusOr<AkinIndex> MakeAkin(const VectorSet& set,
                                   const std::string& text, WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(const Layout layout, ParseLayout(text));
  AkinIndex index;
  AKIN_ASSIGN_OR_RETURN(
      index.plan, PlanIndex(set.rows(), static_cast<uint32_t>(set.dimension()),
                            set.table->metric(), layout.options));
  AKIN_ASSIGN_OR_RETURN(index.engine,
                        AkinEngine::Make(set, layout, index.plan, pool));
  return index;
}

}  // namespace akin::bench
