// What every benchmark prints: one table for people, one JSON line for scripts.

#ifndef AKIN_TESTS_BENCH_REPORT_H_
#define AKIN_TESTS_BENCH_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/machine.h"
#include "tests/bench/statistics.h"

namespace akin::bench {

// Columns as wide as their widest cell, the first one flush left, in Markdown,
// so that RESULTS.md holds what was printed.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> headers);

  // As many cells as there are headers.
  void AddRow(std::vector<std::string> cells);

  std::string ToString() const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the headers first
};

struct Report {
  std::string benchmark;
  Machine machine;
  TextTable table;
  std::vector<std::string> notes;  // a sentence each
  nlohmann::ordered_json figures;  // an object
};

// To stdout: the machine, the table, the notes, the JSON line.
void Print(const Report& report);

// "12.3 [11.9, 12.8]".
std::string Show(const Estimate& estimate);
nlohmann::ordered_json ToJson(const Estimate& estimate);

// "target >= 15: met". Undecided while the interval holds the target.
std::string Verdict(const Estimate& estimate, double at_least);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_REPORT_H_
