// The recall of every table that is served, and what follows for its effort.
//
// Thread-safe.

#ifndef AKIN_SERVER_RECALL_RECALL_BOOK_H_
#define AKIN_SERVER_RECALL_RECALL_BOOK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "index/base/mutex.h"
#include "server/recall/effort_factors.h"
#include "server/recall/recall_control.h"
#include "server/recall/recall_report.h"
#include "server/recall/recall_window.h"

namespace akin::server {

struct TableKey {
  std::string model;
  int64_t version = 0;
  std::string table;

  friend auto operator<=>(const TableKey&, const TableKey&) = default;
};

struct MeasuredRecall {
  double recall = 0;
  size_t k = 0;  // true hits
  FilterShare filter_share = FilterShare::kNoFilter;
  bool own_target = false;
  // What its effort was multiplied by.
  float effort_factor = 1;
};

class RecallBook {
 public:
  // A line for the log. May be null.
  using Say = std::function<void(const std::string& line, bool is_error)>;

  RecallBook(const RecallTarget& target, Say say)
      : target_(target), say_(std::move(say)) {}

  // What was answered with another factor than is there by now counts for
  // nothing.
  void Add(const TableKey& table, const MeasuredRecall& measured);

  // Forgets tables of versions that `is_served` does not hold for.
  void KeepOnly(const std::function<bool(const std::string& model,
                                         int64_t version)>& is_served);

  // Lock-free; 1 where nothing was changed.
  float EffortFactor(absl::string_view model, int64_t version,
                     absl::string_view table) const {
    return factors_.Of(model, version, table);
  }

  std::vector<TableRecall> Tables() const;

 private:
  struct Entry {
    explicit Entry(const RecallTarget& target) : control(target) {}
    // [own_target][filter_share]
    std::array<std::array<RecallWindow, kFilterShares>, 2> windows;
    RecallControl control;
  };

  void Act(RecallControl::Event event, const TableKey& table, Entry* entry)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const RecallTarget target_;
  const Say say_;
  EffortFactors factors_;
  mutable Mutex mutex_;
  std::map<TableKey, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_RECALL_BOOK_H_
