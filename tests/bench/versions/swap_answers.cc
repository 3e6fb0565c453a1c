#include "tests/bench/versions/swap_answers.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace akin::bench {
namespace {

struct Item {
  size_t item = 0;
  int run = 0;
};

// "i17-run2".
std::optional<Item> ParseItem(absl::string_view id) {
  const size_t dash = id.find('-');
  absl::string_view number = id.substr(0, dash);
  if (dash == absl::string_view::npos || !absl::ConsumePrefix(&number, "i")) {
    return std::nullopt;
  }
  absl::string_view run = id.substr(dash);
  Item item;
  if (!absl::ConsumePrefix(&run, "-run") || !absl::SimpleAtoi(run, &item.run) ||
      !absl::SimpleAtoi(number, &item.item)) {
    return std::nullopt;
  }
  return item;
}

}  // namespace

std::string SwapUserId(size_t user) { return absl::StrCat("u", user); }

std::string SwapItemId(size_t item, int run) {
  return absl::StrCat("i", item, "-run", run);
}

size_t PartnerOf(size_t user, int run, size_t items) {
  // A prime, to spread over the table.
  return (user * 7919 + (run == 1 ? 0 : items / 2)) % items;
}

AnswerFault FaultOf(int64_t version, size_t user, size_t items,
                    absl::Span<const absl::string_view> ids) {
  if (ids.empty()) return AnswerFault::kForeign;
  const auto first = ParseItem(ids.front());
  if (!first.has_value()) return AnswerFault::kForeign;
  for (const absl::string_view id : ids) {
    const auto item = ParseItem(id);
    if (!item.has_value()) return AnswerFault::kForeign;
    if (item->run != first->run) return AnswerFault::kMixed;
  }
  if (first->run != RunOfVersion(version)) return AnswerFault::kForeign;
  // Any other item is one that the graph has found instead.
  const int other = 3 - first->run;
  return first->item == PartnerOf(user, other, items) ? AnswerFault::kMixed
                                                      : AnswerFault::kNone;
}

}  // namespace akin::bench
