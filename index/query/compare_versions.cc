#include "index/query/compare_versions.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "index/base/status_macros.h"
#include "index/query/compare_answers.h"
#include "index/query/table_difference.h"

namespace akin {
namespace {

// A table that both versions have.
struct SharedTable {
  const Table* before;
  const Table* after;
  bool compared = false;  // its answers are
  TableDifference difference;

  const std::string& name() const { return before->name(); }
};

using Ids = std::vector<absl::string_view>;

absl::Status CheckRange(absl::string_view what, size_t value, size_t maximum) {
  if (value >= 1 && value <= maximum) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, " is ", value, ", expected 1 to ", maximum));
}

absl::Status CheckCompareOptions(const CompareOptions& options) {
  AKIN_RETURN_IF_ERROR(CheckRange("k", options.k, kMaxComparedK));
  AKIN_RETURN_IF_ERROR(CheckRange("the number of queries", options.queries,
                                  kMaxComparedQueries));
  absl::flat_hash_set<absl::string_view> query_tables;
  for (const RecordedQueries& recorded : options.recorded) {
    AKIN_RETURN_IF_ERROR(
        CheckRange(absl::StrCat("the number of recorded ids of table ",
                                recorded.query_table),
                   recorded.ids.size(), kMaxComparedQueries));
    if (!query_tables.insert(recorded.query_table).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("queries of table ", recorded.query_table,
                       " are recorded twice, expected all of them at once"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckTableInBoth(const Version& before, const Version& after,
                              absl::string_view name) {
  AKIN_RETURN_IF_ERROR(before.FindTable(name).status());
  return after.FindTable(name).status();
}

absl::Status CheckRequest(const Version& before, const Version& after,
                          const CompareOptions& options) {
  if (before.model() != after.model()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "versions of the models ", before.model(), " and ", after.model(),
        " cannot be compared, expected two of one model"));
  }
  AKIN_RETURN_IF_ERROR(CheckCompareOptions(options));
  for (const absl::string_view name : options.tables) {
    AKIN_RETURN_IF_ERROR(CheckTableInBoth(before, after, name));
  }
  for (const RecordedQueries& recorded : options.recorded) {
    AKIN_RETURN_IF_ERROR(CheckTableInBoth(before, after, recorded.query_table));
  }
  return absl::OkStatus();
}

const IndexedTable* FindOrNull(const Version& version, absl::string_view name) {
  for (const auto& table : version.tables()) {
    if (table->table().name() == name) return table.get();
  }
  return nullptr;
}

std::vector<std::string> TablesMissing(const Version& version,
                                       const Version& other) {
  std::vector<std::string> missing;
  for (const auto& table : version.tables()) {
    const std::string& name = table->table().name();
    if (FindOrNull(other, name) == nullptr) missing.push_back(name);
  }
  return missing;
}

std::vector<SharedTable> SharedTables(const Version& before,
                                      const Version& after,
                                      const CompareOptions& options) {
  const absl::flat_hash_set<absl::string_view> wanted(options.tables.begin(),
                                                      options.tables.end());
  std::vector<SharedTable> shared;
  for (const auto& table : before.tables()) {
    const std::string& name = table->table().name();
    const IndexedTable* other = FindOrNull(after, name);
    if (other == nullptr) continue;
    SharedTable& added = shared.emplace_back();
    added.before = &table->table();
    added.after = &other->table();
    added.compared = wanted.empty() || wanted.contains(name);
  }
  return shared;
}

Ids SampledIds(const SharedTable& table, uint32_t queries) {
  const std::vector<SharedRow>& sample = table.difference.sample;
  Ids ids;
  ids.reserve(std::min<size_t>(sample.size(), queries));
  for (const SharedRow& row : sample) {
    if (ids.size() == queries) break;
    ids.push_back(table.before->ids().Id(row.before));
  }
  return ids;
}

// `left_out` are those that not both versions have.
absl::StatusOr<Ids> RecordedIds(const SharedTable& table,
                                const RecordedQueries& recorded,
                                LeftOutIds* left_out) {
  absl::flat_hash_set<absl::string_view> seen;
  Ids ids;
  left_out->query_table = table.name();
  for (const absl::string_view id : recorded.ids) {
    if (!seen.insert(id).second) continue;
    if (table.before->ids().Find(id).has_value() &&
        table.after->ids().Find(id).has_value()) {
      ids.push_back(id);
      continue;
    }
    ++left_out->ids;
    if (left_out->some_ids.size() < kNamedIds) {
      left_out->some_ids.emplace_back(id);
    }
  }
  if (!ids.empty()) return ids;
  return absl::NotFoundError(absl::StrCat(
      "none of the ", recorded.ids.size(), " recorded ids of table ",
      table.name(), " is in both versions"));
}

void AddDifference(const TableDifference& difference,
                   TableComparison* comparison) {
  comparison->ids_added = difference.ids_added;
  comparison->ids_lost = difference.ids_lost;
  comparison->some_added = difference.some_added;
  comparison->some_lost = difference.some_lost;
  comparison->norm_ratio = difference.norm_ratio;
}

// One comparison on its way.
class Comparer {
 public:
  Comparer(const Version& before, const Version& after,
           const CompareOptions& options, const StopSignal* stop)
      : before_(before),
        after_(after),
        options_(options),
        stop_(stop),
        tables_(SharedTables(before, after, options)) {}

  absl::Status Run(Comparison* comparison) && {
    for (SharedTable& table : tables_) {
      if (!table.compared && !options_.recorded.empty()) continue;
      AKIN_ASSIGN_OR_RETURN(
          table.difference,
          CompareTables(*table.before, *table.after, options_.seed, stop_));
    }
    for (const SharedTable& query_table : tables_) {
      const RecordedQueries* recorded = FindRecorded(query_table.name());
      if (recorded == nullptr && !options_.recorded.empty()) continue;
      Ids ids = SampledIds(query_table, options_.queries);
      if (recorded != nullptr) {
        LeftOutIds left_out;
        AKIN_ASSIGN_OR_RETURN(ids,
                              RecordedIds(query_table, *recorded, &left_out));
        if (left_out.ids > 0) {
          comparison->left_out.push_back(std::move(left_out));
        }
      }
      AKIN_RETURN_IF_ERROR(ComparePairs(query_table, ids, comparison));
    }
    return absl::OkStatus();
  }

 private:
  const RecordedQueries* FindRecorded(absl::string_view query_table) const {
    for (const RecordedQueries& recorded : options_.recorded) {
      if (recorded.query_table == query_table) return &recorded;
    }
    return nullptr;
  }

  absl::Status ComparePairs(const SharedTable& query_table, const Ids& ids,
                            Comparison* comparison) {
    for (const SharedTable& table : tables_) {
      if (!table.compared) continue;
      const SharedQueries queries{query_table.name(), table.name(), options_.k,
                                  ids};
      AKIN_ASSIGN_OR_RETURN(TableComparison pair,
                            CompareAnswers(before_, after_, queries, stop_));
      AddDifference(table.difference, &pair);
      comparison->tables.push_back(std::move(pair));
    }
    return absl::OkStatus();
  }

  const Version& before_;
  const Version& after_;
  const CompareOptions& options_;
  const StopSignal* const stop_;
  std::vector<SharedTable> tables_;
};

}  // namespace

absl::StatusOr<Comparison> CompareVersions(const Version& before,
                                           const Version& after,
                                           const CompareOptions& options,
                                           const StopSignal* stop) {
  AKIN_RETURN_IF_ERROR(CheckRequest(before, after, options));
  Comparison comparison;
  comparison.model = before.model();
  comparison.before = before.number();
  comparison.after = after.number();
  comparison.tables_added = TablesMissing(after, before);
  comparison.tables_lost = TablesMissing(before, after);
  AKIN_RETURN_IF_ERROR(Comparer(before, after, options, stop).Run(&comparison));
  return comparison;
}

}  // namespace akin
