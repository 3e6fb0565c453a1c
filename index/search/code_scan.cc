#include "index/search/code_scan.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "index/kernels/code_distances.h"
#include "index/kernels/passing.h"
#include "index/search/aligned_buffer.h"
#include "index/search/candidates.h"
#include "index/search/code_bounds.h"
#include "index/search/rerank.h"
#include "index/search/task_rows.h"

namespace akin {
namespace {

constexpr size_t kLine = 64;
// What follows the products finds the block in the cache: under l2 it reads
// the rows' lengths.
constexpr size_t kBlockBytes = size_t{24} << 10;
constexpr size_t kLeastBlock = 64;
constexpr size_t kMaxBlock = 1024;
// Sets with fewer than one row in so many are walked row by row.
constexpr size_t kSparse = 4;

// What a thread keeps from scan to scan.
struct Scratch {
  CodeBounds bounds;
  CodeTerms terms;
  Candidates candidates;
  AlignedBuffer<int32_t> products;
  AlignedBuffer<uint32_t> passed;
  std::vector<uint32_t> list;
};

Scratch& ThreadScratch() {
  thread_local Scratch scratch;
  return scratch;
}

// One scan over the codes.
class Scan {
 public:
  Scan(const Codes& codes, const SearchTask& task, Scratch* scratch)
      : codes_(codes),
        task_(task),
        scratch_(*scratch),
        poll_(task.stop),
        kernels_(ActiveCodeKernels()),
        passing_(ActivePassKernels()) {}

  bool stopped() const { return stopped_; }

  void AllRows() {
    const size_t most =
        std::clamp(kBlockBytes / codes_.stride(), kLeastBlock, kMaxBlock);
    // Blocks begin small: nothing can be ruled out before k rows were seen.
    size_t block = kLeastBlock;
    for (size_t begin = 0; begin < codes_.rows() && GoOn();) {
      const size_t count = std::min(block, codes_.rows() - begin);
      kernels_.dot_rows(scratch_.bounds.values(), codes_.Row(begin),
                        codes_.stride(), count, scratch_.products.Get(count));
      Offer(scratch_.terms.OfRange(begin, count), count,
            [begin](size_t i) { return static_cast<uint32_t>(begin + i); });
      begin += count;
      block = std::min(2 * block, most);
    }
  }

  void AllowedRows() {
    const size_t rows = codes_.rows();
    const size_t window = std::max<size_t>(
        kMaxBlock, rows / (task_.allowed->count() + 1) * kMaxBlock);
    std::vector<uint32_t>& list = scratch_.list;
    size_t block = kLeastBlock;  // as above
    for (size_t begin = 0; begin < rows && GoOn(); begin += window) {
      list.clear();
      task_.allowed->ForEach(begin, std::min(rows, begin + window),
                             [&](uint32_t row) { list.push_back(row); });
      const absl::Span<const uint32_t> all(list);
      for (size_t i = 0; i < all.size() && GoOn();) {
        const absl::Span<const uint32_t> some = all.subspan(i, block);
        List(some);
        i += some.size();
        block = std::min(2 * block, kMaxBlock);
      }
    }
  }

 private:
  bool GoOn() const { return !stopped_ && !scratch_.candidates.gave_up(); }

  void List(absl::Span<const uint32_t> rows) {
    kernels_.dot_list(scratch_.bounds.values(), codes_.data(), codes_.stride(),
                      rows.data(), rows.size(),
                      scratch_.products.Get(rows.size()));
    Offer(scratch_.terms.OfList(rows), rows.size(),
          [rows](size_t i) { return rows[i]; });
  }

  template <class RowAt>
  void Offer(const RowTerms& terms, size_t count, const RowAt& row_at) {
    const int32_t* products = scratch_.products.data();
    uint32_t* passed = scratch_.passed.Get(count);
    Candidates& candidates = scratch_.candidates;
    const size_t found =
        passing_.rows(products, terms.errors, terms.shifts, count,
                      scratch_.bounds.TestFor(candidates.threshold()), passed);
    for (size_t i = 0; i < found; ++i) {
      const uint32_t row = row_at(passed[i]);
      if (!MayAnswer(task_, row)) continue;
      candidates.Offer(row, scratch_.bounds.Range(row, products[passed[i]]));
    }
    stopped_ = poll_.After(count * (codes_.stride() + sizeof(float)));
  }

  const Codes& codes_;
  const SearchTask& task_;
  Scratch& scratch_;
  StopPoll poll_;
  const CodeKernels& kernels_;
  const PassKernels& passing_;
  bool stopped_ = false;
};

}  // namespace

bool CodeScan(const RowScores& scores, const Codes& codes, SearchTask* task) {
  Scratch& scratch = ThreadScratch();
  const size_t reach = RowsInReach(*task, codes.rows());
  if (!scratch.bounds.Prepare(codes, task->query, scores.scored())) {
    return false;
  }
  if (StopPoll(task->stop).AtStart()) {
    AnswerStopped(task);
    return true;
  }
  scratch.terms.Prepare(codes, scores.scored());
  scratch.candidates.Begin(task->k, MostCandidates(reach));
  Scan scan(codes, *task, &scratch);
  if (task->allowed != nullptr &&
      task->allowed->count() < codes.rows() / kSparse) {
    scan.AllowedRows();
    // The code's lines and the one that its error is in.
    task->stats.lines += reach * ((codes.stride() + kLine - 1) / kLine + 1);
  } else {
    scan.AllRows();
    task->stats.lines +=
        codes.rows() * (codes.stride() + sizeof(float)) / kLine;
  }
  task->stats.distances = reach;
  if (scan.stopped()) {
    AnswerStopped(task);
    return true;
  }
  scratch.candidates.Finish();
  if (scratch.candidates.gave_up()) return false;
  Rerank(scores, &scratch.candidates, task);
  return true;
}

}  // namespace akin
