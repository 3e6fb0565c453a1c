#include "client/cli/render_analysis.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/text_table.h"
#include "client/cli/text_width.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

const char* TextOf(v1::Obstacle obstacle) {
  switch (obstacle) {
    case v1::OBSTACLE_RANK:
      return "as many nearer ids as hits are wanted";
    case v1::OBSTACLE_INPUT:
      return "the query names it";
    case v1::OBSTACLE_EXCLUDED:
      return "it is excluded";
    case v1::OBSTACLE_FILTER:
      return "the filter does not hold for it";
    case v1::OBSTACLE_MIN_SCORE:
      return "it scores lower than --min-score";
    case v1::OBSTACLE_INDEX:
      return "the index does not find it; --exact or a higher --target-recall "
             "does";
    case v1::OBSTACLE_DIVERSITY:
      return "diversity or a full group";
    default:
      return "something this program does not know";
  }
}

}  // namespace

void PrintScores(const Terminal& terminal, const std::vector<std::string>& ids,
                 const v1::ScoreResponse& response) {
  const auto count = static_cast<size_t>(response.scores_size());
  std::vector<size_t> order(std::min(ids.size(), count));
  std::iota(order.begin(), order.end(), size_t{0});
  const auto score = [&](size_t i) {
    return response.scores(static_cast<int>(i));
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (std::isnan(score(a)) || std::isnan(score(b))) {
      return !std::isnan(score(a)) && std::isnan(score(b));
    }
    return score(a) > score(b);
  });
  TextTable table({{"id", Align::kLeft}, {"score", Align::kRight}});
  for (const size_t i : order) {
    table.AddRow({ids[i], std::isnan(score(i))
                              ? "unknown"
                              : absl::StrFormat("%.4f", score(i))});
  }
  table.Print(terminal);
}

void PrintExplanation(const Terminal& terminal, const std::string& id,
                      uint32_t k, const v1::ExplainResponse& response) {
  terminal.out << Printable(id) << " has score "
               << absl::StrFormat("%.4f", response.score()) << " and rank "
               << WithSeparators(response.rank()) << " of all ids; "
               << (response.found() ? "it is" : "it is not") << " among the "
               << Plural(k, "hit") << "\n";
  for (const int obstacle : response.obstacles()) {
    terminal.out << "- " << TextOf(static_cast<v1::Obstacle>(obstacle)) << "\n";
  }
  if (response.has_filter_matches()) {
    terminal.out << "the filter allows "
                 << Plural(response.filter_matches(), "id") << "\n";
  }
  if (!response.detail().empty()) {
    terminal.out << Printable(response.detail()) << "\n";
  }
}

}  // namespace akin::client
