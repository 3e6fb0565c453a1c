#include "tests/bench/report.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace akin::bench {

TextTable::TextTable(std::vector<std::string> headers)
    : rows_{std::move(headers)} {}

void TextTable::AddRow(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::ToString() const {
  std::vector<size_t> widths(rows_.front().size(), 2);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string out;
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      absl::StrAppend(&out, "| ", i == 0 ? row[i] : padding,
                      i == 0 ? padding : row[i], " ");
    }
    out += "|\n";
    if (&row != &rows_.front()) continue;
    for (size_t i = 0; i < row.size(); ++i) {
      absl::StrAppend(&out, i == 0 ? "|-" : "|",
                      std::string(widths[i] + 1, '-'), i == 0 ? "" : ":");
    }
    out += "|\n";
  }
  return out;
}

void Print(const Report& report) {
  std::string out = absl::StrCat("akin-bench ", report.benchmark, ": ",
                                 Describe(report.machine), "\n\n",
                                 report.table.ToString(), "\n");
  for (const std::string& note : report.notes)
    absl::StrAppend(&out, note, "\n");
  nlohmann::ordered_json line = {
      {"benchmark", report.benchmark},
      {"machine",
       {{"cpu", report.machine.cpu},
        {"cores", report.machine.cores},
        {"target", report.machine.target},
        {"load_average", report.machine.load_average}}}};
  line.update(report.figures);
  absl::StrAppend(&out, "\n", line.dump(), "\n");
  std::fputs(out.c_str(), stdout);
  std::fflush(stdout);
}

std::string Show(const Estimate& estimate) {
  const int digits = estimate.median < 10 ? 2 : 1;
  return absl::StrFormat("%.*f [%.*f, %.*f]", digits, estimate.median, digits,
                         estimate.low, digits, estimate.high);
}

nlohmann::ordered_json ToJson(const Estimate& estimate) {
  return {{"median", estimate.median},
          {"low", estimate.low},
          {"high", estimate.high}};
}

std::string Verdict(const Estimate& estimate, double at_least) {
  const char* verdict = estimate.low >= at_least   ? "met"
                        : estimate.high < at_least ? "missed"
                                                   : "undecided";
  return absl::StrFormat("target >= %g: %s", at_least, verdict);
}

}  // namespace akin::bench
