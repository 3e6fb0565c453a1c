#include "client/cli/render_recall.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/text_table.h"
#include "client/cli/text_width.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

std::string FilterText(v1::FilterShare share) {
  switch (share) {
    case v1::FILTER_SHARE_NO_FILTER:
      return "none";
    case v1::FILTER_SHARE_TO_1_PERCENT:
      return "up to 1 %";
    case v1::FILTER_SHARE_TO_10_PERCENT:
      return "up to 10 %";
    case v1::FILTER_SHARE_TO_50_PERCENT:
      return "up to 50 %";
    case v1::FILTER_SHARE_BELOW_100_PERCENT:
      return "below 100 %";
    default:
      return absl::StrCat("unknown (", static_cast<int>(share), ")");
  }
}

std::string PercentText(double share) {
  return absl::StrFormat("%.3g %%", share * 100);
}

void AddTable(const v1::TableRecall& table, TextTable* rows) {
  const std::string index = WordFor(table.index());
  if (table.estimates().empty()) {
    const bool exact = table.index() == v1::INDEX_KIND_EXACT;
    rows->AddRow({table.table(), index, "", "", exact ? "exact" : "no samples",
                  "", "",
                  exact ? "" : absl::StrFormat("%.3g", table.effort_factor())});
    return;
  }
  for (const v1::RecallEstimate& estimate : table.estimates()) {
    rows->AddRow(
        {table.table(), index, FilterText(estimate.filter_share()),
         WithSeparators(estimate.samples()),
         absl::StrFormat("%.4f", estimate.recall()),
         absl::StrFormat("%.4f to %.4f", estimate.low(), estimate.high()),
         absl::StrFormat("%.4g", estimate.mean_k()),
         estimate.own_target()
             ? "their own"
             : absl::StrFormat("%.3g", table.effort_factor())});
  }
}

}  // namespace

void PrintRecall(const Terminal& terminal,
                 const v1::GetRecallResponse& response) {
  terminal.out << Printable(absl::StrCat(
                      response.model(), " version ", response.version(),
                      response.target() > 0
                          ? absl::StrFormat(", target %g", response.target())
                          : ", no target"))
               << '\n';
  TextTable rows({{"table"},
                  {"index"},
                  {"filter holds for"},
                  {"queries", Align::kRight},
                  {"recall", Align::kRight},
                  {"95 % interval", Align::kRight},
                  {"k", Align::kRight},
                  {"effort", Align::kRight}});
  for (const v1::TableRecall& table : response.tables()) {
    AddTable(table, &rows);
  }
  rows.Print(terminal);
  for (const v1::TableRecall& table : response.tables()) {
    if (!table.below_target()) continue;
    terminal.out << Printable(absl::StrFormat(
                        "%s misses the target, and its effort may not be "
                        "multiplied by more than %.3g",
                        table.table(), table.effort_factor()))
                 << '\n';
  }
  const v1::RecallSampling& sampling = response.sampling();
  if (sampling.cpu_share() <= 0) {
    terminal.out << "The server samples nothing: its recall_cpu_share is 0.\n";
    return;
  }
  terminal.out << absl::StrFormat(
      "Sampled of all models: %s of %s, %s dropped; %s of a processor used, "
      "%s allowed.\n",
      WithSeparators(sampling.measured()), Plural(sampling.offered(), "answer"),
      WithSeparators(sampling.dropped()),
      PercentText(sampling.cpu_share_used()),
      PercentText(sampling.cpu_share()));
}

}  // namespace akin::client
