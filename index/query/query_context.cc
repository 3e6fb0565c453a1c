#include "index/query/query_context.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace akin {

absl::Status CheckNotStopped(const StopSignal* stop, const Table& table) {
  if (stop == nullptr || !stop->Stopped()) return absl::OkStatus();
  if (stop->Cancelled()) {
    return absl::CancelledError(absl::StrCat(
        "the search of table ", table.name(), " was cancelled by its caller"));
  }
  return absl::DeadlineExceededError(
      absl::StrCat("the deadline passed before the search of table ",
                   table.name(), " was done"));
}

RowScores ScoresOf(const IndexedTable& target) {
  return {&target.table(), target.codes(),
          target.table().has_vectors() ? Scored::kVectors : Scored::kDecoded};
}

float AnsweredScore(const Table& table, float score) {
  if (table.metric() != Metric::kCosine) return score;
  return std::clamp(score, -1.0f, 1.0f);
}

}  // namespace akin
