#include "index/build/graph_builder.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/build/entry_choice.h"
#include "index/build/link_choice.h"
#include "index/search/code_query.h"
#include "index/search/flat_walk.h"
#include "index/search/row_query.h"

namespace akin {
namespace {

constexpr uint32_t kSeed = 1603'09320 % 1'000'000'007;
constexpr size_t kMaxRows = std::numeric_limits<int32_t>::max();
// A batch is at most this share of the rows.
constexpr size_t kBatchShare = 50;
// Rows that one call of the worker pool takes at a time.
constexpr size_t kChunk = 64;
// Parts in which a batch's links are added to their targets.
constexpr size_t kTargetParts = 64;

class Construction {
 public:
  Construction(const Codes& codes, const GraphOptions& options,
               WorkerPool* pool, const BuildProgress& progress)
      : codes_(codes),
        code_rows_(RowsOf(codes)),
        queries_(codes),
        options_(options),
        pool_(*pool),
        progress_(progress) {}

  absl::StatusOr<Graph> Run() {
    graph_.rows = codes_.rows();
    graph_.degree = options_.degree;
    AKIN_RETURN_IF_ERROR(graph_.links.Reserve(LinkBytes()));
    std::fill_n(graph_.MutableLinks(0), graph_.rows * graph_.degree, kNoRow);
    Shuffle();
    graph_.entries = ChooseEntries(codes_, queries_, &order_);
    AKIN_ASSIGN_OR_RETURN(entry_codes_, CopyEntryCodes(codes_, graph_.entries));
    AKIN_RETURN_IF_ERROR(InsertAll());
    AKIN_RETURN_IF_ERROR(Refine());
    ConnectAll();
    return std::move(graph_);
  }

 private:
  size_t LinkBytes() const {
    return graph_.rows * graph_.degree * sizeof(uint32_t);
  }

  // Trained files are sorted (words by frequency); a random order makes every
  // batch a sample of the whole.
  void Shuffle() {
    order_.resize(graph_.rows);
    std::iota(order_.begin(), order_.end(), 0);
    std::mt19937_64 random(kSeed);
    for (size_t i = order_.size(); i > 1; --i) {
      std::swap(order_[i - 1], order_[random() % i]);
    }
  }

  absl::Status InsertAll() {
    const size_t max_batch = std::max<size_t>(graph_.rows / kBatchShare, 1000);
    size_t begin = 1;
    while (begin < graph_.rows) {
      if (progress_ && !progress_(begin)) {
        return absl::CancelledError("building the graph was cancelled");
      }
      const size_t end =
          std::min(graph_.rows, begin + std::min(begin, max_batch));
      InsertBatch(begin, end);
      begin = end;
    }
    return absl::OkStatus();
  }

  void InsertBatch(size_t begin, size_t end) {
    pool_.ParallelFor((end - begin + kChunk - 1) / kChunk, [&](size_t chunk) {
      LinkChoice choice(code_rows_, &queries_);
      std::vector<Candidate> candidates;
      std::vector<uint32_t> kept;
      CodeQuery query;
      const size_t last = std::min(end, begin + (chunk + 1) * kChunk);
      for (size_t i = begin + chunk * kChunk; i < last; ++i) {
        const uint32_t row = order_[i];
        FindCandidates(row, begin, &query, &candidates);
        choice.Choose(candidates, graph_.degree / 2, false, &kept);
        std::copy(kept.begin(), kept.end(), graph_.MutableLinks(row));
      }
    });
    pool_.ParallelFor(kTargetParts,
                      [&](size_t part) { AddBackLinks(begin, end, part); });
  }

  // The rows near `row` among the first `inserted` of the order.
  void FindCandidates(uint32_t row, size_t inserted, CodeQuery* query,
                      std::vector<Candidate>* candidates) const {
    queries_.Prepare(row, query);
    FlatView view = FlatViewOf(codes_, graph_, entry_codes_);
    if (inserted < graph_.entries.rows.size()) {  // they are the first
      view.leader_count = std::min(view.leader_count, inserted);
      view.group_begins = nullptr;
    }
    WalkScratch& scratch = ThreadWalkScratch();
    FlatWalk(view, *query, {.effort = options_.build_effort, .results = 1},
             &scratch);
    candidates->clear();
    candidates->reserve(scratch.nearest->size);
    for (size_t i = 0; i < scratch.nearest->size; ++i) {
      const uint32_t near = scratch.nearest->rows[i] & ~kExpandedBit;
      if (near != row)
        candidates->push_back({scratch.nearest->distances[i], near});
    }
  }

  // Of the links that order_[begin..end) chose, those to the targets of `part`
  // are added to the targets' own lists.
  void AddBackLinks(size_t begin, size_t end, size_t part) {
    std::vector<std::pair<uint32_t, uint32_t>> links;  // target, source
    for (size_t i = begin; i < end; ++i) {
      const uint32_t* list = graph_.Links(order_[i]);
      for (size_t j = 0; j < graph_.degree && list[j] != kNoRow; ++j) {
        if (PartOf(list[j]) == part) links.emplace_back(list[j], order_[i]);
      }
    }
    std::sort(links.begin(), links.end());
    LinkChoice choice(code_rows_, &queries_);
    Merge merge;
    for (size_t i = 0; i < links.size();) {
      const uint32_t target = links[i].first;
      merge.sources.clear();
      for (; i < links.size() && links[i].first == target; ++i) {
        merge.sources.push_back(links[i].second);
      }
      AddLinks(target, &choice, &merge);
    }
  }

  static size_t PartOf(uint32_t row) { return row % kTargetParts; }

  // What AddLinks works with; kept between calls for its memory.
  struct Merge {
    std::vector<uint32_t> sources;
    std::vector<uint32_t> kept;
    std::vector<Candidate> candidates;
    std::vector<Candidate> nearest;
    std::vector<Candidate> both;
    std::vector<float> distances;
    CodeQuery query;
  };

  void AddLinks(uint32_t target, LinkChoice* choice, Merge* merge) {
    uint32_t* list = graph_.MutableLinks(target);
    size_t used = 0;
    while (used < graph_.degree && list[used] != kNoRow) ++used;
    if (used + merge->sources.size() <= graph_.degree) {
      std::copy(merge->sources.begin(), merge->sources.end(), list + used);
      return;
    }
    merge->sources.insert(merge->sources.end(), list, list + used);
    SortByDistance(target, merge->sources.size(), merge);
    choice->Choose(merge->candidates, graph_.degree, false, &merge->kept);
    std::fill(std::copy(merge->kept.begin(), merge->kept.end(), list),
              list + graph_.degree, kNoRow);
  }

  void SortByDistance(uint32_t target, size_t most, Merge* merge) const {
    merge->distances.resize(merge->sources.size());
    queries_.Prepare(target, &merge->query);
    ActiveCodeKernels().distances(code_rows_, merge->query,
                                  merge->sources.data(), merge->sources.size(),
                                  merge->distances.data());
    merge->candidates.clear();
    for (size_t i = 0; i < merge->sources.size(); ++i) {
      merge->candidates.push_back({merge->distances[i], merge->sources[i]});
    }
    if (merge->candidates.size() > most) {
      std::nth_element(merge->candidates.begin(),
                       merge->candidates.begin() + static_cast<ptrdiff_t>(most),
                       merge->candidates.end());
      merge->candidates.resize(most);
    }
    std::sort(merge->candidates.begin(), merge->candidates.end());
  }

  // Chooses every list anew from its neighbours and theirs.
  absl::Status Refine() {
    PageBuffer refined;
    AKIN_RETURN_IF_ERROR(refined.Reserve(LinkBytes()));
    uint32_t* out = reinterpret_cast<uint32_t*>(refined.data());
    pool_.ParallelFor((graph_.rows + kChunk - 1) / kChunk, [&](size_t chunk) {
      LinkChoice choice(code_rows_, &queries_);
      Merge merge;
      const size_t last = std::min(graph_.rows, (chunk + 1) * kChunk);
      for (size_t row = chunk * kChunk; row < last; ++row) {
        CollectCandidates(static_cast<uint32_t>(row), &merge);
        choice.Choose(merge.candidates, graph_.degree, true, &merge.kept);
        std::fill(std::copy(merge.kept.begin(), merge.kept.end(),
                            out + row * graph_.degree),
                  out + (row + 1) * graph_.degree, kNoRow);
      }
    });
    graph_.links = std::move(refined);
    return absl::OkStatus();
  }

  // The nearest of the neighbours of `row` and theirs, and all its neighbours:
  // far ones, cut off for being far, are what leads from cluster to cluster.
  void CollectCandidates(uint32_t row, Merge* merge) const {
    CollectNear(row, &merge->sources);
    SortByDistance(row, kRefineShare * graph_.degree, merge);
    merge->nearest.swap(merge->candidates);
    const uint32_t* list = graph_.Links(row);
    merge->sources.assign(list, std::find(list, list + graph_.degree, kNoRow));
    SortByDistance(row, merge->sources.size(), merge);
    merge->both.clear();
    std::set_union(merge->nearest.begin(), merge->nearest.end(),
                   merge->candidates.begin(), merge->candidates.end(),
                   std::back_inserter(merge->both));
    merge->candidates.swap(merge->both);
  }

  // The neighbours of `row` and theirs, each once and without itself; where
  // those are too few to fill a list, further ones too.
  void CollectNear(uint32_t row, std::vector<uint32_t>* rows) const {
    WalkScratch& scratch = ThreadWalkScratch();
    scratch.Reserve(graph_.rows);
    std::vector<uint64_t>& seen = scratch.visited;
    rows->clear();
    const auto add = [&](uint32_t found) {
      uint64_t& word = seen[found / 64];
      const uint64_t bit = uint64_t{1} << (found % 64);
      if ((word & bit) != 0) return;
      word |= bit;
      rows->push_back(found);
    };
    add(row);
    const uint32_t* list = graph_.Links(row);
    for (size_t i = 0; i < graph_.degree && list[i] != kNoRow; ++i) {
      __builtin_prefetch(graph_.Links(list[i]));
      __builtin_prefetch(graph_.Links(list[i]) + 16);
      add(list[i]);
    }
    const size_t neighbors = rows->size();
    for (size_t n = 1;
         n < rows->size() && (n < neighbors || rows->size() <= graph_.degree);
         ++n) {
      const uint32_t* next = graph_.Links((*rows)[n]);
      for (size_t j = 0; j < graph_.degree && next[j] != kNoRow; ++j) {
        add(next[j]);
      }
    }
    for (const uint32_t found : *rows) seen[found / 64] = 0;
    rows->erase(rows->begin());
  }

  // What ConnectAll keeps of each row.
  struct Attachment {
    std::vector<uint32_t> parents;  // from where it was reached first
    std::vector<uint16_t> given;    // links it gave up
    uint16_t most = 1;              // that a row gives up
    size_t next = 0;
  };

  // Makes every row reachable from the entries. A row that is not takes the
  // place of a link that no row was first reached by, so none is lost. Under
  // dot most rows are not, as all link to the same few long ones: those must
  // not give up their links for them.
  void ConnectAll() {
    Attachment state;
    state.parents.assign(graph_.rows, kNoRow);
    state.given.assign(graph_.rows, 0);
    for (const uint32_t entry : graph_.entries.rows) {
      if (state.parents[entry] == kNoRow) Reach(entry, entry, &state.parents);
    }
    for (uint32_t row = 0; row < graph_.rows; ++row) {
      if (state.parents[row] == kNoRow)
        Reach(row, Attach(row, &state), &state.parents);
    }
  }

  // Sets for `row`, and for all rows that it leads to and that had none, which
  // row they were reached from.
  void Reach(uint32_t row, uint32_t from,
             std::vector<uint32_t>* parents) const {
    (*parents)[row] = from;
    std::vector<uint32_t> open = {row};
    while (!open.empty()) {
      const uint32_t at = open.back();
      open.pop_back();
      const uint32_t* list = graph_.Links(at);
      for (size_t i = 0; i < graph_.degree && list[i] != kNoRow; ++i) {
        if ((*parents)[list[i]] != kNoRow) continue;
        (*parents)[list[i]] = at;
        open.push_back(list[i]);
      }
    }
  }

  // Links to `row` from one of its own neighbours, or else from any row: `next`
  // goes through them in random order.
  uint32_t Attach(uint32_t row, Attachment* state) {
    const uint32_t* list = graph_.Links(row);
    for (size_t i = 0; i < graph_.degree && list[i] != kNoRow; ++i) {
      if (LinkInstead(list[i], row, state)) return list[i];
    }
    // There is one at last, as there are more links than rows.
    for (;; ++state->next) {
      if (state->next == order_.size()) {
        state->next = 0;
        ++state->most;
      }
      const uint32_t from = order_[state->next];
      if (!LinkInstead(from, row, state)) continue;
      ++state->next;
      return from;
    }
  }

  // False when `from` is not reached itself, needs all its links, or has given
  // up enough of them.
  bool LinkInstead(uint32_t from, uint32_t row, Attachment* state) {
    if (state->parents[from] == kNoRow) return false;
    if (state->given[from] == state->most) return false;
    uint32_t* list = graph_.MutableLinks(from);
    for (size_t i = graph_.degree; i > 0; --i) {
      const uint32_t link = list[i - 1];
      const bool ends_list =
          link == kNoRow && (i == 1 || list[i - 2] != kNoRow);
      if (ends_list || (link != kNoRow && state->parents[link] != from)) {
        list[i - 1] = row;
        ++state->given[from];
        return true;
      }
    }
    return false;
  }

  static constexpr uint32_t kExpandedBit = 0x8000'0000;
  static constexpr size_t kRefineShare = 4;

  const Codes& codes_;
  const CodeRows code_rows_;
  const RowQueries queries_;
  const GraphOptions options_;
  WorkerPool& pool_;
  const BuildProgress& progress_;
  Graph graph_;
  PageBuffer entry_codes_;
  std::vector<uint32_t> order_;
};

}  // namespace

absl::StatusOr<Graph> BuildGraph(const Codes& codes,
                                 const GraphOptions& options, WorkerPool* pool,
                                 const BuildProgress& progress) {
  if (codes.rows() == 0 || codes.rows() > kMaxRows) {
    return absl::InvalidArgumentError(
        absl::StrCat("a graph is built over 1 to ", kMaxRows,
                     " rows, the table has ", codes.rows()));
  }
  return Construction(codes, options, pool, progress).Run();
}

}  // namespace akin
