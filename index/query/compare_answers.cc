#include "index/query/compare_answers.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "index/base/status_macros.h"
#include "index/base/worker_pool.h"
#include "index/query/percentile.h"
#include "index/query/rank_overlap.h"
#include "index/query/run_query.h"

namespace akin {
namespace {

constexpr size_t kMostChanged = 10;
// Asked once more before the clock counts.
constexpr size_t kWarmUp = 16;
// Queries whose exact answers are held at a time.
constexpr size_t kExactSlice = 256;

using Ids = std::vector<absl::string_view>;  // valid as long as the version

struct TimedAnswer {
  bool asked = false;  // else the id's vector is no query in this version
  Ids ids;             // best first
  std::optional<float> best_score;
  double microseconds = 0;
};

Ids IdsOf(const Answer& answer) {
  Ids ids;
  ids.reserve(answer.hits.size());
  for (const Hit& hit : answer.hits) ids.push_back(hit.id);
  return ids;
}

// What this thread has computed for: a server compares with low priority, and
// the time in which others had the processor says nothing about a version.
double ThreadMicroseconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 +
         static_cast<double>(now.tv_nsec) * 1e-3;
}

// One of the versions.
class Side {
 public:
  static absl::StatusOr<Side> Make(const Version& version,
                                   const SharedQueries& queries) {
    AKIN_ASSIGN_OR_RETURN(const IndexedTable* target,
                          version.FindTable(queries.table));
    return Side(version, *target, queries);
  }

  absl::StatusOr<TimedAnswer> Ask(absl::string_view id,
                                  const StopSignal* stop) const {
    const double start = ThreadMicroseconds();
    const absl::StatusOr<Answer> answer =
        RunQuery(version_, table(), QueryFor(id), options_, stop);
    const double took = ThreadMicroseconds() - start;
    TimedAnswer timed;
    if (absl::IsInvalidArgument(answer.status())) return timed;
    AKIN_RETURN_IF_ERROR(answer.status());
    timed.asked = true;
    timed.ids = IdsOf(*answer);
    if (!answer->hits.empty()) timed.best_score = answer->hits.front().score;
    timed.microseconds = took;
    return timed;
  }

  // `answers` are what Ask said to `ids`.
  absl::StatusOr<VersionMeasures> Measure(
      const Ids& ids, const std::vector<TimedAnswer>& answers,
      const StopSignal* stop) const {
    Ids asked;
    std::vector<const Ids*> answered;
    std::vector<double> times;
    for (size_t i = 0; i < ids.size(); ++i) {
      if (!answers[i].asked) continue;
      asked.push_back(ids[i]);
      answered.push_back(&answers[i].ids);
      times.push_back(answers[i].microseconds);
    }
    VersionMeasures measures;
    measures.rows = target_.table().rows();
    measures.memory_bytes = target_.memory_bytes();
    measures.dimension = target_.table().dimension();
    measures.metric = target_.table().metric();
    measures.index = target_.index().kind();
    measures.p50_microseconds = Percentile(times, 50);
    measures.p99_microseconds = Percentile(std::move(times), 99);
    AKIN_ASSIGN_OR_RETURN(measures.recall, Recall(asked, answered, stop));
    return measures;
  }

 private:
  Side(const Version& version, const IndexedTable& target,
       const SharedQueries& queries)
      : version_(version), target_(target), query_table_(queries.query_table) {
    options_.k = queries.k;
  }

  absl::string_view table() const { return target_.table().name(); }
  Query QueryFor(absl::string_view id) const {
    return ItemRef{query_table_, id};
  }

  absl::StatusOr<double> Recall(absl::Span<const absl::string_view> ids,
                                const std::vector<const Ids*>& answers,
                                const StopSignal* stop) const {
    if (ids.empty()) return 0;
    // Exact search has answered already.
    if (&target_.index() == &target_.exact()) return 1;
    double sum = 0;
    for (size_t begin = 0; begin < ids.size(); begin += kExactSlice) {
      AKIN_ASSIGN_OR_RETURN(const std::vector<Ids> exact,
                            AskExactly(ids.subspan(begin, kExactSlice), stop));
      for (size_t i = 0; i < exact.size(); ++i) {
        sum += Overlap(*answers[begin + i], exact[i]);
      }
    }
    return sum / static_cast<double>(ids.size());
  }

  // Together, as a batch reads the table once for many queries.
  absl::StatusOr<std::vector<Ids>> AskExactly(
      absl::Span<const absl::string_view> ids, const StopSignal* stop) const {
    std::vector<Query> queries;
    queries.reserve(ids.size());
    for (const absl::string_view id : ids) queries.push_back(QueryFor(id));
    SearchOptions options = options_;
    options.exact = true;
    WorkerPool this_thread(1);
    AKIN_ASSIGN_OR_RETURN(
        const auto answers,
        RunBatch(version_, table(), queries, options, &this_thread, stop));
    std::vector<Ids> exact;
    exact.reserve(answers.size());
    for (const absl::StatusOr<Answer>& answer : answers) {
      AKIN_RETURN_IF_ERROR(answer.status());
      exact.push_back(IdsOf(*answer));
    }
    return exact;
  }

  const Version& version_;
  const IndexedTable& target_;
  const absl::string_view query_table_;
  SearchOptions options_;
};

// Side by side: what both versions said to ids[i].
struct Answers {
  Ids ids;
  std::vector<TimedAnswer> before;
  std::vector<TimedAnswer> after;
};

absl::Status AskBoth(const Side& before, const Side& after,
                     absl::string_view id, bool before_first,
                     const StopSignal* stop, Answers* answers) {
  AKIN_ASSIGN_OR_RETURN(TimedAnswer first,
                        (before_first ? before : after).Ask(id, stop));
  AKIN_ASSIGN_OR_RETURN(TimedAnswer second,
                        (before_first ? after : before).Ask(id, stop));
  if (!first.asked && !second.asked) return absl::OkStatus();
  if (!before_first) std::swap(first, second);
  answers->ids.push_back(id);
  answers->before.push_back(std::move(first));
  answers->after.push_back(std::move(second));
  return absl::OkStatus();
}

// One version after the other, each as often the first, so that what else runs
// on the machine, and what a search leaves in the caches, falls on both. Exact
// searches, which would empty the caches, come later.
absl::StatusOr<Answers> AskAll(const Side& before, const Side& after,
                               absl::Span<const absl::string_view> ids,
                               const StopSignal* stop) {
  Answers warm_up;
  for (const absl::string_view id : ids.last(std::min(ids.size(), kWarmUp))) {
    AKIN_RETURN_IF_ERROR(AskBoth(before, after, id, true, stop, &warm_up));
  }
  Answers answers;
  for (size_t i = 0; i < ids.size(); ++i) {
    AKIN_RETURN_IF_ERROR(
        AskBoth(before, after, ids[i], i % 2 == 0, stop, &answers));
  }
  return answers;
}

void CompareScores(const Answers& answers, TableComparison* comparison) {
  double change = 0;
  double drift = 0;
  size_t scored = 0;
  for (size_t i = 0; i < answers.ids.size(); ++i) {
    const std::optional<float> before = answers.before[i].best_score;
    const std::optional<float> after = answers.after[i].best_score;
    if (!before.has_value() || !after.has_value()) continue;
    const double difference = double{*after} - double{*before};
    change += difference;
    drift += std::abs(difference);
    ++scored;
  }
  if (scored == 0) return;
  comparison->score_change = change / static_cast<double>(scored);
  comparison->score_drift = drift / static_cast<double>(scored);
}

std::vector<ChangedQuery> MostChanged(std::vector<ChangedQuery> changed) {
  const size_t count = std::min(changed.size(), kMostChanged);
  const auto worse = [](const ChangedQuery& a, const ChangedQuery& b) {
    return a.rank_biased_overlap != b.rank_biased_overlap
               ? a.rank_biased_overlap < b.rank_biased_overlap
               : a.id < b.id;
  };
  std::partial_sort(changed.begin(),
                    changed.begin() + static_cast<std::ptrdiff_t>(count),
                    changed.end(), worse);
  changed.resize(count);
  return changed;
}

// At least one query was answered.
void CompareRanks(const Answers& answers, TableComparison* comparison) {
  const size_t count = answers.ids.size();
  std::vector<double> overlaps;
  overlaps.reserve(count);
  std::vector<ChangedQuery> changed;
  double sum = 0;
  double rank_biased_sum = 0;
  for (size_t i = 0; i < count; ++i) {
    const Ids& before = answers.before[i].ids;
    const Ids& after = answers.after[i].ids;
    const double overlap = Overlap(before, after);
    const double rank_biased = RankBiasedOverlap(before, after);
    overlaps.push_back(overlap);
    sum += overlap;
    rank_biased_sum += rank_biased;
    if (before != after) {
      changed.push_back({std::string(answers.ids[i]), overlap, rank_biased});
    }
  }
  comparison->overlap = sum / static_cast<double>(count);
  comparison->overlap_p10 = Percentile(std::move(overlaps), 10);
  comparison->rank_biased_overlap =
      rank_biased_sum / static_cast<double>(count);
  comparison->most_changed = MostChanged(std::move(changed));
}

}  // namespace

absl::StatusOr<TableComparison> CompareAnswers(const Version& before,
                                               const Version& after,
                                               const SharedQueries& queries,
                                               const StopSignal* stop) {
  AKIN_ASSIGN_OR_RETURN(const Side side_before, Side::Make(before, queries));
  AKIN_ASSIGN_OR_RETURN(const Side side_after, Side::Make(after, queries));
  AKIN_ASSIGN_OR_RETURN(const Answers answers,
                        AskAll(side_before, side_after, queries.ids, stop));
  TableComparison comparison;
  comparison.query_table = std::string(queries.query_table);
  comparison.table = std::string(queries.table);
  comparison.k = queries.k;
  comparison.queries = static_cast<uint32_t>(answers.ids.size());
  AKIN_ASSIGN_OR_RETURN(comparison.before,
                        side_before.Measure(answers.ids, answers.before, stop));
  AKIN_ASSIGN_OR_RETURN(comparison.after,
                        side_after.Measure(answers.ids, answers.after, stop));
  if (answers.ids.empty()) return comparison;
  CompareRanks(answers, &comparison);
  CompareScores(answers, &comparison);
  return comparison;
}

}  // namespace akin
