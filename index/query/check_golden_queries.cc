#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/query/golden_queries.h"
#include "index/query/run_query.h"

namespace akin {
namespace {

// Of the queries that failed, and of the terms of one.
constexpr size_t kMaxNamed = 5;

// "king", "king + woman - man", "a vector".
std::string Describe(const GoldenQuery& query) {
  if (!query.vector.empty()) return "a vector";
  if (!query.id.empty()) return query.id;
  std::string text;
  size_t named = 0;
  for (const auto& [sign, ids] :
       {std::pair{"+", &query.plus}, std::pair{"-", &query.minus}}) {
    for (const std::string& id : *ids) {
      if (named++ == kMaxNamed) return absl::StrCat(text, " ...");
      if (!text.empty()) {
        absl::StrAppend(&text, " ", sign, " ", id);
      } else {
        absl::StrAppend(&text, *sign == '-' ? "- " : "", id);
      }
    }
  }
  return text;
}

Query QueryOf(const GoldenQuery& golden) {
  const auto item = [&](const std::string& id) {
    return ItemRef{golden.query_table, id};
  };
  if (!golden.vector.empty()) return absl::MakeConstSpan(golden.vector);
  if (!golden.id.empty()) return item(golden.id);
  Combination combination;
  for (const std::string& id : golden.plus) {
    combination.plus.push_back({item(id)});
  }
  for (const std::string& id : golden.minus) {
    combination.minus.push_back({item(id)});
  }
  return combination;
}

// From 0; hits.size() where it is not.
size_t PlaceOf(const std::vector<Hit>& hits, const std::string& id) {
  return std::find_if(hits.begin(), hits.end(),
                      [&](const Hit& hit) { return hit.id == id; }) -
         hits.begin();
}

absl::StatusOr<std::string> DescribeRank(const Version& version,
                                         const GoldenQuery& golden,
                                         const std::string& id,
                                         const StopSignal* stop) {
  SearchOptions options;
  options.k = kMaxK;
  options.exact = true;
  AKIN_ASSIGN_OR_RETURN(
      const Answer answer,
      RunQuery(version, golden.table, QueryOf(golden), options, stop));
  const size_t place = PlaceOf(answer.hits, id);
  return place < answer.hits.size() ? absl::StrCat("exact rank ", place + 1)
                                    : absl::StrCat("exact rank beyond ", kMaxK);
}

// Asks one after the other and keeps what is to be said in the end.
class Asking {
 public:
  Asking(const Version& version, const StopSignal* stop)
      : version_(version), stop_(stop) {}

  // Not OK only if it was stopped.
  absl::Status Ask(const GoldenQuery& golden) {
    ++asked_;
    SearchOptions options;
    options.k = golden.within;
    const auto answer =
        RunQuery(version_, golden.table, QueryOf(golden), options, stop_);
    if (!answer.ok()) return Fail(golden, answer.status());
    std::vector<const std::string*> missing;
    for (const std::string& id : golden.expect) {
      if (PlaceOf(answer->hits, id) == answer->hits.size()) {
        missing.push_back(&id);
      }
    }
    if (missing.empty()) return absl::OkStatus();
    if (failed_ >= kMaxNamed) {  // no more of them are described
      ++failed_;
      return absl::OkStatus();
    }
    auto why = WhyMissing(golden, *missing.front());
    if (!why.ok()) return Fail(golden, why.status());
    if (missing.size() > 1) {
      absl::StrAppend(&*why, ", nor are ", missing.size() - 1, " more of the ",
                      golden.expect.size(), " expected");
    }
    return Fail(golden, absl::NotFoundError(*why));
  }

  absl::Status Result() const {
    if (failed_ == 0) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        failed_, " of ", asked_, " golden queries failed: ",
        absl::StrJoin(said_, "; "), failed_ > said_.size() ? "; ..." : ""));
  }

 private:
  absl::StatusOr<std::string> WhyMissing(const GoldenQuery& golden,
                                         const std::string& id) const {
    AKIN_ASSIGN_OR_RETURN(const IndexedTable* table,
                          version_.FindTable(golden.table));
    if (!table->table().ids().Find(id).has_value()) {
      return absl::StrCat(id, ", which is expected, does not exist in table ",
                          golden.table);
    }
    AKIN_ASSIGN_OR_RETURN(const std::string rank,
                          DescribeRank(version_, golden, id, stop_));
    return absl::StrCat(id, " is not among the first ", golden.within, " (",
                        rank, ")");
  }

  absl::Status Fail(const GoldenQuery& golden, const absl::Status& why) {
    if (absl::IsCancelled(why) || absl::IsDeadlineExceeded(why)) return why;
    ++failed_;
    if (said_.size() < kMaxNamed) {
      said_.push_back(absl::StrCat("golden query line ", golden.line, " (",
                                   Describe(golden), " in ", golden.table,
                                   "): ", why.message()));
    }
    return absl::OkStatus();
  }

  const Version& version_;
  const StopSignal* const stop_;
  size_t asked_ = 0;
  size_t failed_ = 0;
  std::vector<std::string> said_;
};

}  // namespace

absl::Status CheckGoldenQueries(const Version& version,
                                absl::Span<const GoldenQuery> queries,
                                const StopSignal* stop,
                                const std::function<bool()>& go_on) {
  Asking asking(version, stop);
  for (const GoldenQuery& query : queries) {
    if (go_on && !go_on()) {
      return absl::CancelledError("the golden queries were cancelled");
    }
    AKIN_RETURN_IF_ERROR(asking.Ask(query));
  }
  return asking.Result();
}

}  // namespace akin
