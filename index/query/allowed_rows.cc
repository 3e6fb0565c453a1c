#include "index/query/allowed_rows.h"

#include <utility>

#include "index/base/status_macros.h"
#include "index/query/filter.h"

namespace akin {
namespace {

// `base`, null: all rows, without `excluded`.
RowSet Without(const RowSet* base, size_t rows,
               const std::vector<uint32_t>& excluded) {
  RowSet set = base != nullptr ? *base : RowSet::All(rows);
  for (const uint32_t row : excluded) set.Remove(row);
  return set;
}

const RowSet* SetOf(const RowRules& rules) {
  if (rules.allowed.has_value()) return &*rules.allowed;
  return rules.matching.has_value() ? &*rules.matching : nullptr;
}

}  // namespace

RowRules MakeRowRules(size_t rows, size_t k, std::optional<RowSet> matching,
                      std::vector<uint32_t> excluded, GroupOfRow group) {
  RowRules rules;
  rules.matching = std::move(matching);
  rules.excluded = std::move(excluded);
  rules.group = std::move(group);
  SortOnce(&rules.excluded);
  if (!FitsSurplus(rules.excluded.size(), k)) {
    rules.allowed = Without(SetOf(rules), rows, rules.excluded);
  }
  return rules;
}

absl::StatusOr<RowRules> ReadRowRules(const Version& version,
                                      const IndexedTable& target,
                                      const SearchOptions& options,
                                      const StopSignal* stop) {
  const Table& table = target.table();
  std::optional<RowSet> matching;
  if (options.filter != nullptr) {
    AKIN_ASSIGN_OR_RETURN(matching,
                          MatchingRows(target, *options.filter, stop));
  }
  std::vector<uint32_t> excluded = RowsOf(table, options.exclude_ids);
  if (options.exclude_from.has_value()) {
    AKIN_ASSIGN_OR_RETURN(const std::vector<uint32_t> listed,
                          ListedRows(version, target, *options.exclude_from));
    excluded.insert(excluded.end(), listed.begin(), listed.end());
  }
  GroupOfRow group;
  if (options.group_by.has_value()) {
    AKIN_ASSIGN_OR_RETURN(group, GroupsBy(target, options.group_by->attribute));
  }
  return MakeRowRules(table.rows(), options.k, std::move(matching),
                      std::move(excluded), std::move(group));
}

AllowedRows::AllowedRows(const RowRules& rules,
                         const std::vector<uint32_t>& own_rows, size_t rows,
                         size_t k)
    : set_(SetOf(rules)) {
  if (rules.allowed.has_value()) {
    surplus_ = own_rows;
    SortOnce(&surplus_);
    excluded_ = rules.excluded.size() + surplus_.size();
    for (const uint32_t row : surplus_) {
      excluded_ -=
          std::binary_search(rules.excluded.begin(), rules.excluded.end(), row);
    }
  } else {
    surplus_ = WithRows(rules.excluded, own_rows);
    excluded_ = surplus_.size();
  }
  if (FitsSurplus(surplus_.size(), k)) return;
  own_set_ = std::make_unique<const RowSet>(Without(set_, rows, surplus_));
  set_ = own_set_.get();
  surplus_.clear();
}

void AllowedRows::TakeOutSurplus(std::vector<Neighbor>* neighbors) const {
  if (surplus_.empty()) return;
  std::erase_if(*neighbors, [this](const Neighbor& near) {
    return std::binary_search(surplus_.begin(), surplus_.end(), near.row);
  });
}

bool AllowedRows::Contains(uint32_t row) const {
  return (set_ == nullptr || set_->Contains(row)) &&
         !std::binary_search(surplus_.begin(), surplus_.end(), row);
}

}  // namespace akin
