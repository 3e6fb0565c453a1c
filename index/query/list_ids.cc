#include "index/query/list_ids.h"

#include <algorithm>
#include <optional>
#include <random>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/stable_hash.h"
#include "index/base/status_macros.h"
#include "index/query/attribute_rows.h"
#include "index/query/query_context.h"

namespace akin {
namespace {

// Ids that are looked at between two looks at the signal.
constexpr size_t kRowsPerPoll = 4096;

// A token is a row in hexadecimal, and a hash that shows that the row is of
// this table of this version: another table's rows are not where to go on.
constexpr size_t kRowDigits = 8;

std::string TokenOf(const Version& version, const Table& table, uint32_t row) {
  const std::string digits = absl::StrCat(absl::Hex(row, absl::kZeroPad8));
  return absl::StrCat(
      digits,
      absl::Hex(StableHash(absl::StrCat(version.model(), "/", version.number(),
                                        "/", table.name(), "/", digits)),
                absl::kZeroPad16));
}

absl::StatusOr<uint32_t> RowOfToken(const Version& version, const Table& table,
                                    absl::string_view token) {
  if (token.empty()) return 0;
  uint32_t row = 0;
  if (absl::SimpleHexAtoi(token.substr(0, kRowDigits), &row) &&
      row < table.rows() && token == TokenOf(version, table, row)) {
    return row;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "the page token is none of table ", version.model(), "/", table.name(),
      " of version ", version.number(),
      "; expected one that came with a page of it (name the version in every "
      "call, so that all pages are of one)"));
}

absl::Status CheckListing(const IdListing& listing) {
  if (listing.page_size > kMaxListedIds) {
    return absl::InvalidArgumentError(
        absl::StrCat("page_size is ", listing.page_size, ", expected at most ",
                     kMaxListedIds));
  }
  if (listing.sample > kMaxListedIds) {
    return absl::InvalidArgumentError(absl::StrCat(
        "sample is ", listing.sample, ", expected at most ", kMaxListedIds));
  }
  if (listing.sample > 0 && !listing.page_token.empty()) {
    return absl::InvalidArgumentError(
        "there are a sample and a page_token, expected one of them: a sample "
        "has no pages");
  }
  if (listing.prefix.size() > kMaxIdBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the prefix has ", listing.prefix.size(),
                     " bytes, expected at most ", kMaxIdBytes));
  }
  return absl::OkStatus();
}

// Walks the rows that a listing is of.
class RowWalk {
 public:
  RowWalk(const Table& table, const RowSet* matching, absl::string_view prefix,
          const StopSignal* stop)
      : table_(table), matching_(matching), prefix_(prefix), stop_(stop) {}

  // Calls visit(row) in rising order from `begin` on until it says false.
  template <class Visit>
  absl::Status ForEach(size_t begin, const Visit& visit) const {
    bool go_on = true;
    for (; begin < table_.rows() && go_on; begin += kRowsPerPoll) {
      AKIN_RETURN_IF_ERROR(CheckNotStopped(stop_, table_));
      const size_t end = std::min(begin + kRowsPerPoll, table_.rows());
      const auto look = [&](uint32_t row) {
        if (go_on && (prefix_.empty() ||
                      absl::StartsWith(table_.ids().Id(row), prefix_))) {
          go_on = visit(row);
        }
      };
      if (matching_ != nullptr) {
        matching_->ForEach(begin, end, look);
      } else {
        for (size_t row = begin; row < end && go_on; ++row) {
          look(static_cast<uint32_t>(row));
        }
      }
    }
    return absl::OkStatus();
  }

  // Nothing if it takes a walk to know.
  std::optional<size_t> Count() const {
    if (!prefix_.empty()) return std::nullopt;
    return matching_ != nullptr ? matching_->count() : table_.rows();
  }

 private:
  const Table& table_;
  const RowSet* const matching_;
  const absl::string_view prefix_;
  const StopSignal* const stop_;
};

absl::StatusOr<IdPage> ListPage(const Version& version, const Table& table,
                                const RowWalk& walk, const IdListing& listing) {
  AKIN_ASSIGN_OR_RETURN(const uint32_t begin,
                        RowOfToken(version, table, listing.page_token));
  const size_t size =
      listing.page_size == 0 ? kDefaultPageSize : listing.page_size;
  IdPage page;
  AKIN_RETURN_IF_ERROR(walk.ForEach(begin, [&](uint32_t row) {
    if (page.ids.size() == size) {
      page.next_page_token = TokenOf(version, table, row);
      return false;
    }
    page.ids.push_back(table.ids().Id(row));
    return true;
  }));
  return page;
}

// A number below `end`, each as likely (rejection, so that it is not biased).
// The standard's distributions differ from library to library.
uint64_t Below(uint64_t end, std::mt19937_64* random) {
  const uint64_t over = (UINT64_MAX % end + 1) % end;
  uint64_t drawn;
  do {
    drawn = (*random)();
  } while (drawn > UINT64_MAX - over);
  return drawn % end;
}

// `count` different numbers below `end`, rising (Floyd's algorithm: Bentley and
// Floyd 1987, "A Sample of Brilliance").
std::vector<uint64_t> Draw(size_t count, size_t end, uint64_t seed) {
  std::mt19937_64 random(seed);
  absl::flat_hash_set<uint64_t> drawn;
  for (uint64_t j = end - count; j < end; ++j) {
    const uint64_t number = Below(j + 1, &random);
    drawn.insert(drawn.contains(number) ? j : number);
  }
  std::vector<uint64_t> sorted(drawn.begin(), drawn.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

absl::StatusOr<IdPage> ListSample(const Table& table, const RowWalk& walk,
                                  const IdListing& listing) {
  std::optional<size_t> count = walk.Count();
  if (!count.has_value()) {
    count = 0;
    AKIN_RETURN_IF_ERROR(walk.ForEach(0, [&](uint32_t) { return ++*count; }));
  }
  const std::vector<uint64_t> places =
      Draw(std::min<size_t>(listing.sample, *count), *count, listing.seed);
  IdPage page;
  page.ids.reserve(places.size());
  uint64_t place = 0;
  auto next = places.begin();
  AKIN_RETURN_IF_ERROR(walk.ForEach(0, [&](uint32_t row) {
    if (next == places.end()) return false;
    if (place++ == *next) {
      page.ids.push_back(table.ids().Id(row));
      ++next;
    }
    return true;
  }));
  return page;
}

}  // namespace

absl::StatusOr<IdPage> ListIds(const Version& version, absl::string_view table,
                               const IdListing& listing,
                               const StopSignal* stop) {
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* target, version.FindTable(table));
  AKIN_RETURN_IF_ERROR(CheckListing(listing));
  std::optional<RowSet> matching;
  if (listing.filter != nullptr) {
    AKIN_ASSIGN_OR_RETURN(matching,
                          MatchingRows(*target, *listing.filter, stop));
  }
  return ListIdsOf(version, target->table(),
                   matching.has_value() ? &*matching : nullptr, listing, stop);
}

absl::StatusOr<IdPage> ListIdsOf(const Version& version, const Table& table,
                                 const RowSet* matching,
                                 const IdListing& listing,
                                 const StopSignal* stop) {
  AKIN_RETURN_IF_ERROR(CheckListing(listing));
  const RowWalk walk(table, matching, listing.prefix, stop);
  if (listing.sample > 0) return ListSample(table, walk, listing);
  return ListPage(version, table, walk, listing);
}

}  // namespace akin
