#include "server/recall/recall_book.h"

#include "absl/strings/str_format.h"

namespace akin::server {
namespace {

std::string Found(const TableKey& table, const RecallControl& control) {
  const RecallControl::Evidence& evidence = control.evidence();
  return absl::StrFormat(
      "recall of %s/%s version %d is %.4f, %.4f to %.4f, in %d queries",
      table.model, table.table, table.version, evidence.recall,
      evidence.interval.low, evidence.interval.high, evidence.samples);
}

}  // namespace

void RecallBook::Add(const TableKey& table, const MeasuredRecall& measured) {
  MutexLock lock(&mutex_);
  Entry& entry = entries_.try_emplace(table, target_).first->second;
  const auto factor = static_cast<float>(entry.control.factor());
  if (!measured.own_target && measured.effort_factor != factor) return;
  entry
      .windows[measured.own_target ? 1 : 0]
              [static_cast<size_t>(measured.filter_share)]
      .Add(measured.recall, measured.k);
  if (measured.own_target) return;
  Act(entry.control.Add(measured.recall), table, &entry);
}

void RecallBook::Act(RecallControl::Event event, const TableKey& table,
                     Entry* entry) {
  const RecallControl& control = entry->control;
  const auto say = [&](const std::string& what, bool is_error) {
    if (say_ != nullptr) say_(Found(table, control) + what, is_error);
  };
  switch (event) {
    case RecallControl::Event::kNothing:
      return;
    case RecallControl::Event::kRaised:
    case RecallControl::Event::kLowered:
      say(absl::StrFormat(
              ", %s the target of %g: effort is multiplied by %.3g from now on",
              event == RecallControl::Event::kRaised ? "below" : "above",
              target_.recall, control.factor()),
          /*is_error=*/false);
      factors_.Set(table.model, table.version, table.table,
                   static_cast<float>(control.factor()));
      for (RecallWindow& window : entry->windows[0]) window.Clear();
      return;
    case RecallControl::Event::kMissed:
      say(absl::StrFormat(", below the target of %g, and effort may not be "
                          "multiplied by more than %.3g: the target is missed",
                          target_.recall, control.factor()),
          /*is_error=*/true);
      return;
    case RecallControl::Event::kHeldAgain:
      say(absl::StrFormat(": the target of %g is held again", target_.recall),
          /*is_error=*/false);
      return;
  }
}

void RecallBook::KeepOnly(
    const std::function<bool(const std::string& model, int64_t version)>&
        is_served) {
  MutexLock lock(&mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const TableKey& key = entry->first;
    if (is_served(key.model, key.version)) {
      ++entry;
      continue;
    }
    factors_.Set(key.model, key.version, key.table, 1);
    entry = entries_.erase(entry);
  }
}

std::vector<TableRecall> RecallBook::Tables() const {
  MutexLock lock(&mutex_);
  std::vector<TableRecall> tables;
  for (const auto& [key, entry] : entries_) {
    TableRecall& table = tables.emplace_back();
    table.model = key.model;
    table.version = key.version;
    table.table = key.table;
    table.effort_factor = entry.control.factor();
    table.below_target = entry.control.below_target();
    for (const bool own_target : {false, true}) {
      for (size_t share = 0; share < kFilterShares; ++share) {
        const RecallWindow& window = entry.windows[own_target ? 1 : 0][share];
        if (window.size() == 0) continue;
        const RecallSums sums = window.sums();
        table.estimates.push_back({static_cast<FilterShare>(share), own_target,
                                   sums.queries, sums.mean(), IntervalOf(sums),
                                   window.mean_k()});
      }
    }
  }
  return tables;
}

}  // namespace akin::server
