#include "client/cli/render_search.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "client/cli/text_table.h"
#include "client/cli/text_width.h"
#include "client/cli/wording.h"
#include "client/cpp/call_status.h"

namespace akin::client {
namespace {

using Hits = google::protobuf::RepeatedPtrField<v1::Hit>;
using Floats = google::protobuf::RepeatedField<float>;

constexpr int kBarCells = 16;

std::string Bar(double fraction) {
  static constexpr const char* kEighths[] = {"",  "▏", "▎", "▍",
                                             "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(fraction * kBarCells * 8));
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  return bar + kEighths[eighths % 8];
}

std::string VectorText(const Floats& values) {
  std::string text = "[";
  for (const float value : values) {
    // Nine digits bring every float back; most need fewer.
    std::string number = absl::StrFormat("%.6g", value);
    if (std::strtof(number.c_str(), nullptr) != value) {
      number = absl::StrFormat("%.9g", value);
    }
    absl::StrAppend(&text, text.size() == 1 ? "" : ", ", number);
  }
  return text + "]";
}

std::string ValueText(const v1::AttributeValue& value) {
  switch (value.kind_case()) {
    case v1::AttributeValue::kBoolValue:
      return value.bool_value() ? "true" : "false";
    case v1::AttributeValue::kIntValue:
      return absl::StrCat(value.int_value());
    case v1::AttributeValue::kFloatValue:
      return absl::StrCat(value.float_value());
    case v1::AttributeValue::kStringValue:
      return value.string_value();
    case v1::AttributeValue::kTimestampValue:
      return absl::FormatTime(
          absl::RFC3339_full,
          absl::FromUnixSeconds(value.timestamp_value().seconds()) +
              absl::Nanoseconds(value.timestamp_value().nanos()),
          absl::UTCTimeZone());
    default:
      return "";
  }
}

// genre=Drama|War year=1994
std::string AttributesText(const v1::Hit& hit) {
  std::string text;
  for (const v1::Attribute& attribute : hit.attributes()) {
    absl::StrAppend(&text, text.empty() ? "" : " ", attribute.name(), "=",
                    absl::StrJoin(attribute.values(), "|",
                                  [](std::string* out, const auto& value) {
                                    *out += ValueText(value);
                                  }));
  }
  return text;
}

double LengthOf(const Floats& values) {
  double sum = 0;
  for (const float value : values) sum += double{value} * value;
  return std::sqrt(sum);
}

void PrintHits(const Terminal& terminal, const Hits& hits,
               const SearchContext& context) {
  if (hits.empty()) {
    terminal.out << "no neighbours\n";
    return;
  }
  const bool bars = terminal.blocks && context.metric.has_value();
  const bool vectors =
      std::any_of(hits.begin(), hits.end(),
                  [](const v1::Hit& hit) { return hit.vector_size() > 0; });
  const bool attributes =
      std::any_of(hits.begin(), hits.end(),
                  [](const v1::Hit& hit) { return hit.attributes_size() > 0; });
  std::vector<Column> columns = {
      {"rank", Align::kRight}, {"id", Align::kLeft}, {"score", Align::kRight}};
  if (bars) columns.push_back({"", Align::kLeft, true});
  if (attributes) columns.push_back({"attributes"});
  if (vectors) columns.push_back({"vector"});
  TextTable table(columns);
  for (int i = 0; i < hits.size(); ++i) {
    std::vector<std::string> cells = {absl::StrCat(i + 1), hits[i].id(),
                                      absl::StrFormat("%.4f", hits[i].score())};
    if (bars) {
      cells.push_back(
          Bar(BarFraction(*context.metric, hits[i].score(), hits[0].score())));
    }
    if (attributes) cells.push_back(AttributesText(hits[i]));
    if (vectors) cells.push_back(VectorText(hits[i].vector()));
    table.AddRow(std::move(cells));
  }
  table.Print(terminal);
}

std::string ReasonFor(const v1::Shortfall& shortfall) {
  if (!shortfall.detail().empty()) return Printable(shortfall.detail());
  switch (shortfall.reason()) {
    case v1::SHORTFALL_REASON_TABLE_SIZE:
      return "the table has no more ids";
    case v1::SHORTFALL_REASON_EXCLUDED:
      return "too many ids were left out";
    case v1::SHORTFALL_REASON_MIN_SCORE:
      return "the other ids score lower than --min-score";
    case v1::SHORTFALL_REASON_FILTER:
      return "the filter allows no more ids";
    case v1::SHORTFALL_REASON_GROUPS:
      return "the groups of the others are full";
    case v1::SHORTFALL_REASON_CANDIDATES:
      return "there were no more candidates";
    default:
      return "the server gave no reason";
  }
}

// `Answer` is a SearchResponse or one BatchResult.
template <typename Answer>
void PrintAnswer(const Terminal& terminal, const Answer& answer,
                 const SearchContext& context) {
  PrintHits(terminal, answer.hits(), context);
  if (answer.rung() > 0) {
    terminal.out << "answered by number " << answer.rung()
                 << " of what was asked in turn\n";
  }
  if (answer.has_shortfall()) {
    terminal.out << answer.hits_size() << " of "
                 << Plural(context.k, "neighbour") << ": "
                 << ReasonFor(answer.shortfall()) << '\n';
  }
}

std::string EffortText(const v1::SearchStats& stats) {
  return absl::StrCat(stats.exact() ? "exact, " : "", "compared with ",
                      Plural(stats.distances(), "vector"));
}

std::string OriginText(const std::string& model, const std::string& table,
                       int64_t version) {
  return absl::StrCat(Printable(model), "/", Printable(table), " version ",
                      version);
}

// What took how long is noise for a program that compares answers.
std::string TimeText(const Terminal& terminal, const SearchContext& context) {
  if (!terminal.interactive) return "";
  return absl::StrFormat(", %.1f ms", absl::ToDoubleMilliseconds(context.took));
}

}  // namespace

double BarFraction(v1::Metric metric, double score, double best) {
  double fraction = 0;
  switch (metric) {
    case v1::METRIC_COSINE:
      fraction = score;
      break;
    case v1::METRIC_DOT:
      fraction = best > 0 ? score / best : 0;
      break;
    case v1::METRIC_L2:
      // Squared distances as negative numbers: half of a bar is twice as far.
      fraction = score >= 0 ? 1 : std::sqrt(best / score);
      break;
    default:
      break;
  }
  return std::isfinite(fraction) ? std::clamp(fraction, 0.0, 1.0) : 0;
}

void PrintSearch(const Terminal& terminal, const v1::SearchResponse& response,
                 const SearchContext& context) {
  PrintAnswer(terminal, response, context);
  terminal.out << Dim(terminal,
                      absl::StrCat(OriginText(response.model(), context.table,
                                              response.version()),
                                   ": ", EffortText(response.stats()),
                                   TimeText(terminal, context)))
               << '\n';
}

void PrintBatch(const Terminal& terminal,
                const v1::BatchSearchResponse& response,
                const SearchContext& context) {
  int number = 0;
  for (const v1::BatchResult& result : response.results()) {
    ++number;
    terminal.out << "query " << number << " of " << response.results_size();
    if (result.has_error()) {
      terminal.out << ": not answered: " << Printable(result.error().message())
                   << "\n\n";
      continue;
    }
    terminal.out << Dim(terminal,
                        absl::StrCat(": ", EffortText(result.stats())))
                 << '\n';
    PrintAnswer(terminal, result, context);
    terminal.out << '\n';
  }
  terminal.out << Dim(terminal,
                      absl::StrCat(OriginText(response.model(), context.table,
                                              response.version()),
                                   TimeText(terminal, context)))
               << '\n';
}

void PrintVectors(const Terminal& terminal,
                  const v1::GetVectorsResponse& response,
                  const std::string& table) {
  for (const v1::StoredVector& vector : response.vectors()) {
    terminal.out << Printable(vector.id())
                 << Dim(terminal,
                        absl::StrFormat("  %s, length %.4f",
                                        Plural(vector.values_size(), "number"),
                                        LengthOf(vector.values())))
                 << '\n'
                 << VectorText(vector.values()) << '\n';
  }
  terminal.out << Dim(terminal,
                      OriginText(response.model(), table, response.version()))
               << '\n';
}

}  // namespace akin::client
