#include "tests/bench/engine/figures.h"

#include <cstdio>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace akin::bench {
namespace {

bool Reached(const Estimate& value, double limit, bool at_most) {
  return at_most ? value.high <= limit : value.low >= limit;
}

bool Beyond(const Estimate& value, double limit, bool at_most) {
  return at_most ? value.low > limit : value.high < limit;
}

std::string ShowFigure(const Estimate& value) {
  if (value.low != value.high) return Show(value);
  return absl::StrFormat("%.*f", value.median < 10 ? 2 : 1, value.median);
}

}  // namespace

std::string Judge(const Estimate& value, const Goal& goal) {
  if (Reached(value, goal.aim, goal.at_most)) return "aim";
  if (Reached(value, goal.must, goal.at_most)) return "must";
  if (Beyond(value, goal.must, goal.at_most)) return "missed";
  return "undecided";
}

Figures::Figures(std::string benchmark, const Machine& machine)
    : benchmark_(std::move(benchmark)),
      machine_(machine),
      summary_({"figure", "set", "measured", "must", "aim", "reached"}),
      json_(nlohmann::ordered_json::object()) {
  json_["figures"] = nlohmann::ordered_json::array();
}

void Figures::Section(const std::string& title) {
  std::printf("\n%s\n\n", title.c_str());
  std::fflush(stdout);
}

void Figures::Table(const TextTable& table) {
  std::printf("%s\n", table.ToString().c_str());
  std::fflush(stdout);
}

void Figures::Line(const std::string& sentence) {
  std::printf("%s\n", sentence.c_str());
  std::fflush(stdout);
}

void Figures::Add(const std::string& name, const std::string& set,
                  const Estimate& value, const Goal& goal) {
  const std::string judgement = Judge(value, goal);
  const char* sign = goal.at_most ? "<=" : ">=";
  summary_.AddRow({name, set, ShowFigure(value),
                   absl::StrFormat("%s %g", sign, goal.must),
                   absl::StrFormat("%s %g", sign, goal.aim), judgement});
  nlohmann::ordered_json figure = ToJson(value);
  figure["name"] = name;
  figure["set"] = set;
  figure["must"] = goal.must;
  figure["aim"] = goal.aim;
  figure["reached"] = judgement;
  json_["figures"].push_back(std::move(figure));
}

void Figures::Finish(std::vector<std::string> notes,
                     const std::string& json_path) {
  if (!json_path.empty()) std::ofstream(json_path) << json_.dump() << "\n";
  std::puts("");
  Print({benchmark_, machine_, summary_, std::move(notes), std::move(json_)});
}

}  // namespace akin::bench
