// A version of one table, and queries against it by rules made by hand: a
// filter and groups without attributes.

#ifndef AKIN_TESTS_INDEX_QUERY_ASKED_VERSION_H_
#define AKIN_TESTS_INDEX_QUERY_ASKED_VERSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "index/query/answer_query.h"
#include "index/query/check_options.h"
#include "tests/support/tiny_data.h"

namespace akin {

struct HandMadeRules {
  std::optional<std::vector<uint32_t>> matching = std::nullopt;
  std::vector<uint32_t> excluded = {};
  GroupOfRow group = {};
};

class AskedVersion {
 public:
  AskedVersion(Metric metric, const Rows& rows)
      : AskedVersion(Indexed(MakeTable("t", metric, rows))) {}
  explicit AskedVersion(std::unique_ptr<const IndexedTable> table)
      : version_("m", 1, ListOf(std::move(table))) {}

  const Version& version() const { return version_; }
  const IndexedTable& target() const { return *version_.tables().front(); }
  const Table& table() const { return target().table(); }

  RowRules Rules(const SearchOptions& options,
                 const HandMadeRules& by_hand) const {
    std::optional<RowSet> matching;
    if (by_hand.matching.has_value()) {
      matching.emplace(table().rows());
      for (const uint32_t row : *by_hand.matching) matching->Add(row);
    }
    std::vector<uint32_t> excluded = by_hand.excluded;
    for (const absl::string_view id : options.exclude_ids) {
      if (const auto row = table().ids().Find(id)) excluded.push_back(*row);
    }
    return MakeRowRules(table().rows(), options.k, std::move(matching),
                        std::move(excluded), by_hand.group);
  }

  absl::StatusOr<Answer> Ask(const Query& query, const SearchOptions& options,
                             const HandMadeRules& by_hand = {},
                             const StopSignal* stop = nullptr) const {
    const absl::Status checked = CheckOptions(options, table(), 1);
    if (!checked.ok()) return checked;
    const RowRules rules = Rules(options, by_hand);
    return AnswerQuery({version_, target(), options, rules, stop}, query);
  }

 private:
  static std::vector<std::unique_ptr<const IndexedTable>> ListOf(
      std::unique_ptr<const IndexedTable> table) {
    std::vector<std::unique_ptr<const IndexedTable>> tables;
    tables.push_back(std::move(table));
    return tables;
  }

  const Version version_;
};

inline std::vector<std::string> IdsOf(const absl::StatusOr<Answer>& answer) {
  if (!answer.ok()) return {std::string(answer.status().message())};
  std::vector<std::string> ids;
  for (const Hit& hit : answer->hits) ids.emplace_back(hit.id);
  return ids;
}

inline std::vector<float> ScoresOf(const absl::StatusOr<Answer>& answer) {
  std::vector<float> scores;
  if (!answer.ok()) return scores;
  for (const Hit& hit : answer->hits) scores.push_back(hit.score);
  return scores;
}

}  // namespace akin

#endif  // AKIN_TESTS_INDEX_QUERY_ASKED_VERSION_H_
