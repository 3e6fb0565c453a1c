#include "client/cli/render_evaluation.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/text_table.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

AnalogyScore TotalOf(const std::vector<AnalogyScore>& scores) {
  AnalogyScore total{"all", 0, 0, 0};
  for (const AnalogyScore& score : scores) {
    total.correct += score.correct;
    total.asked += score.asked;
    total.unknown += score.unknown;
  }
  return total;
}

double AccuracyOf(const AnalogyScore& score) {
  if (score.asked == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(score.correct) / static_cast<double>(score.asked);
}

std::string Percent(double share) {
  return std::isnan(share) ? "-" : absl::StrFormat("%.2f %%", 100 * share);
}

std::string Correlation(double correlation) {
  return std::isnan(correlation) ? "undefined"
                                 : absl::StrFormat("%.4f", correlation);
}

void AddScoreRow(const AnalogyScore& score, TextTable* table) {
  table->AddRow({score.section, WithSeparators(score.correct),
                 WithSeparators(score.asked), Percent(AccuracyOf(score)),
                 WithSeparators(score.unknown)});
}

void PrintMalformed(const Terminal& terminal, const Evaluated& evaluated,
                    const char* what) {
  if (evaluated.malformed == 0) return;
  terminal.out << Plural(evaluated.malformed, "line") << " left out: not "
               << what << '\n';
}

nlohmann::ordered_json ScoreJson(const AnalogyScore& score,
                                 const Evaluated& evaluated) {
  return {{"correct", score.correct},
          {"asked", score.asked},
          {"skipped", evaluated.unknown_counts ? 0 : score.unknown},
          {"unknown", score.unknown},
          {"accuracy", AccuracyOf(score)}};
}

nlohmann::ordered_json HeadJson(const Evaluated& evaluated) {
  return {{"model", evaluated.target.model},
          {"table", evaluated.target.table},
          {"version", absl::StrCat(evaluated.version)}};
}

}  // namespace

void PrintAnalogyScores(const Terminal& terminal, const Evaluated& evaluated,
                        const std::vector<AnalogyScore>& scores) {
  TextTable table(
      {{"section"},
       {"correct", Align::kRight},
       {"asked", Align::kRight},
       {"accuracy", Align::kRight},
       {evaluated.unknown_counts ? "unknown" : "skipped", Align::kRight}});
  for (const AnalogyScore& score : scores) {
    if (score.asked + score.unknown > 0) AddScoreRow(score, &table);
  }
  AddScoreRow(TotalOf(scores), &table);
  table.Print(terminal);
  PrintMalformed(terminal, evaluated, "four words");
}

nlohmann::ordered_json AnalogyScoresJson(
    const Evaluated& evaluated, const std::vector<AnalogyScore>& scores) {
  nlohmann::ordered_json json = HeadJson(evaluated);
  nlohmann::ordered_json sections = nlohmann::ordered_json::array();
  for (const AnalogyScore& score : scores) {
    nlohmann::ordered_json section = {{"section", score.section}};
    section.update(ScoreJson(score, evaluated));
    sections.push_back(std::move(section));
  }
  json["sections"] = std::move(sections);
  json["total"] = ScoreJson(TotalOf(scores), evaluated);
  json["malformedLines"] = evaluated.malformed;
  return json;
}

void PrintWordPairScore(const Terminal& terminal, const Evaluated& evaluated,
                        const WordPairScore& score) {
  TextTable table(
      {{"pairs", Align::kRight},
       {"Spearman", Align::kRight},
       {"Pearson", Align::kRight},
       {evaluated.unknown_counts ? "unknown" : "skipped", Align::kRight},
       {"of all", Align::kRight}});
  table.AddRow({WithSeparators(score.compared), Correlation(score.spearman),
                Correlation(score.pearson), WithSeparators(score.unknown),
                Percent(score.unknown_percent / 100)});
  table.Print(terminal);
  PrintMalformed(terminal, evaluated, "two words and a number");
}

nlohmann::ordered_json WordPairScoreJson(const Evaluated& evaluated,
                                         const WordPairScore& score) {
  nlohmann::ordered_json json = HeadJson(evaluated);
  json["pairs"] = score.compared;
  json["spearman"] = score.spearman;
  json["pearson"] = score.pearson;
  json["unknown"] = score.unknown;
  json["unknownPercent"] = score.unknown_percent;
  json["malformedLines"] = evaluated.malformed;
  return json;
}

}  // namespace akin::client
