// What came out, and what was wanted.

#ifndef AKIN_TESTS_BENCH_ENGINE_FIGURES_H_
#define AKIN_TESTS_BENCH_ENGINE_FIGURES_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/report.h"
#include "tests/bench/statistics.h"

namespace akin::bench {

// What a figure must be, and what it should be.
struct Goal {
  double must = 0;
  double aim = 0;
  bool at_most = false;  // small is good
};

// "must", "aim" (both met), "missed", or "undecided" while the interval holds
// the limit that must be met.
std::string Judge(const Estimate& value, const Goal& goal);

// Collects all figures that have a goal, and prints them in the end as one
// table and one JSON line; what is measured along the way is printed as it
// comes.
class Figures {
 public:
  // `benchmark`: the subcommand of akin-bench.
  Figures(std::string benchmark, const Machine& machine);

  // To stdout at once, and into the JSON line under `key`.
  void Section(const std::string& title);
  void Table(const TextTable& table);
  void Line(const std::string& sentence);

  void Add(const std::string& name, const std::string& set,
           const Estimate& value, const Goal& goal);

  // The figures of a set or a part in the JSON line.
  nlohmann::ordered_json& Json(const std::string& key) { return json_[key]; }

  // The summary. Writes the JSON line to `json_path`, too, unless that is "".
  void Finish(std::vector<std::string> notes, const std::string& json_path);

 private:
  const std::string benchmark_;
  Machine machine_;
  TextTable summary_;
  nlohmann::ordered_json json_;
};

// An estimate of what was measured once, or counted.
inline Estimate Exactly(double value) { return {value, value, value}; }

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_FIGURES_H_
