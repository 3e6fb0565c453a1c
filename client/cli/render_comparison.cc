#include "client/cli/render_comparison.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/recall_plot.h"
#include "client/cli/text_table.h"
#include "client/cli/text_width.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

using Strings = google::protobuf::RepeatedPtrField<std::string>;

std::string Share(double share) { return absl::StrFormat("%.3f", share); }

std::string PairName(const v1::TableComparison& pair) {
  return absl::StrCat(pair.query_table(), " -> ", pair.table());
}

std::string BeforeAfter(const std::string& before, const std::string& after) {
  return absl::StrCat(before, " -> ", after);
}

std::string IdsText(const v1::TableComparison& pair) {
  return absl::StrCat("+", WithSeparators(pair.ids_added()), " -",
                      WithSeparators(pair.ids_lost()));
}

// All pairs are asked for the same k.
void PrintPairs(const Terminal& terminal, const v1::Comparison& comparison) {
  const uint32_t k = comparison.tables(0).k();
  TextTable table({{"tables"},
                   {"queries", Align::kRight},
                   {absl::StrCat("overlap@", k), Align::kRight},
                   {"worst tenth", Align::kRight},
                   {"rank-biased", Align::kRight},
                   {absl::StrCat("recall@", k), Align::kRight},
                   {"p99", Align::kRight},
                   {"ids", Align::kRight}});
  for (const v1::TableComparison& pair : comparison.tables()) {
    std::vector<std::string> cells = {PairName(pair),
                                      WithSeparators(pair.queries())};
    if (pair.queries() == 0) {
      cells.insert(cells.end(), 5, "-");
    } else {
      const v1::VersionMeasures& before = pair.before();
      const v1::VersionMeasures& after = pair.after();
      cells.push_back(Share(pair.overlap()));
      cells.push_back(Share(pair.overlap_p10()));
      cells.push_back(Share(pair.rank_biased_overlap()));
      cells.push_back(
          BeforeAfter(Share(before.recall()), Share(after.recall())));
      cells.push_back(BeforeAfter(TimeWord(before.p99_microseconds()),
                                  TimeWord(after.p99_microseconds())));
    }
    cells.push_back(IdsText(pair));
    table.AddRow(std::move(cells));
  }
  table.Print(terminal);
}

void PrintLine(const Terminal& terminal, const std::string& subject,
               const std::string& text) {
  terminal.out << Printable(subject) << ": " << Printable(text) << '\n';
}

void PrintAnswers(const Terminal& terminal, const v1::TableComparison& pair) {
  if (pair.queries() == 0) {
    PrintLine(terminal, PairName(pair),
              "no queries, as no id of the query table can be asked for");
    return;
  }
  PrintLine(terminal, PairName(pair),
            absl::StrFormat("first score drifts by %.4g, %+.4g on average",
                            pair.score_drift(), pair.score_change()));
  if (pair.most_changed().empty()) return;
  std::vector<std::string> changed;
  for (const v1::ChangedQuery& query : pair.most_changed()) {
    changed.push_back(absl::StrCat(query.id(), " (",
                                   Share(query.rank_biased_overlap()), ")"));
  }
  PrintLine(terminal, PairName(pair),
            absl::StrCat("most changed: ", absl::StrJoin(changed, ", ")));
}

// "lost ids: a, b and 4 more"; nothing when there are none.
void PrintIds(const Terminal& terminal, const std::string& table,
              const char* what, uint64_t count, const Strings& some) {
  if (count == 0) return;
  std::string text = absl::StrCat(what, " ", absl::StrJoin(some, ", "));
  const auto named = static_cast<uint64_t>(some.size());
  if (count > named) {
    absl::StrAppend(&text, named > 0 ? " and " : "",
                    WithSeparators(count - named), named > 0 ? " more" : "");
  }
  PrintLine(terminal, table, text);
}

// Nothing where the table is of the same kind in both.
void PrintKind(const Terminal& terminal, const v1::TableComparison& pair) {
  const v1::VersionMeasures& before = pair.before();
  const v1::VersionMeasures& after = pair.after();
  std::vector<std::string> changed;
  const auto compare = [&](const char* what, const std::string& was,
                           const std::string& is) {
    if (was != is) changed.push_back(absl::StrCat(what, BeforeAfter(was, is)));
  };
  compare("metric ", WordFor(before.metric()), WordFor(after.metric()));
  compare("dimension ", absl::StrCat(before.dimension()),
          absl::StrCat(after.dimension()));
  compare("index ", WordFor(before.index()), WordFor(after.index()));
  if (changed.empty()) return;
  PrintLine(terminal, pair.table(), absl::StrJoin(changed, ", "));
}

void PrintTable(const Terminal& terminal, const v1::TableComparison& pair) {
  PrintKind(terminal, pair);
  const v1::VersionMeasures& before = pair.before();
  const v1::VersionMeasures& after = pair.after();
  std::string text = absl::StrCat(
      "rows ",
      BeforeAfter(WithSeparators(before.rows()), WithSeparators(after.rows())),
      ", memory ",
      BeforeAfter(MebiBytes(before.memory_bytes()),
                  MebiBytes(after.memory_bytes())));
  if (pair.norm_ratio() > 0) {
    absl::StrAppendFormat(&text, ", vectors %.3f times as long",
                          pair.norm_ratio());
  }
  PrintLine(terminal, pair.table(), text);
  PrintIds(terminal, pair.table(), "lost ids:", pair.ids_lost(),
           pair.some_lost());
  PrintIds(terminal, pair.table(), "added ids:", pair.ids_added(),
           pair.some_added());
}

void PrintTables(const Terminal& terminal, const char* what,
                 const Strings& tables) {
  if (tables.empty()) return;
  PrintLine(terminal, what, absl::StrJoin(tables, ", "));
}

}  // namespace

void PrintComparison(const Terminal& terminal,
                     const v1::Comparison& comparison) {
  terminal.out << Printable(comparison.model()) << " version "
               << comparison.after() << " compared with version "
               << comparison.before() << '\n';
  if (comparison.tables().empty()) {
    terminal.out << "no tables in common\n";
  } else {
    PrintPairs(terminal, comparison);
    terminal.out << '\n';
  }
  for (const v1::TableComparison& pair : comparison.tables()) {
    PrintAnswers(terminal, pair);
  }
  // Several pairs have the same table.
  std::set<std::string> printed;
  for (const v1::TableComparison& pair : comparison.tables()) {
    if (printed.insert(pair.table()).second) PrintTable(terminal, pair);
  }
  PrintTables(terminal, "added tables", comparison.tables_added());
  PrintTables(terminal, "lost tables", comparison.tables_lost());
  for (const v1::LeftOutIds& left_out : comparison.left_out()) {
    PrintIds(terminal, left_out.query_table(),
             "not asked, as not in both:", left_out.ids(), left_out.some_ids());
  }
  if (comparison.broken().empty()) return;
  terminal.out << '\n'
               << Plural(comparison.broken_size(), "figure")
               << (comparison.broken_size() == 1 ? " breaks a threshold:\n"
                                                 : " break thresholds:\n");
  for (const std::string& sentence : comparison.broken()) {
    terminal.out << "  " << Printable(sentence) << '\n';
  }
}

}  // namespace akin::client
