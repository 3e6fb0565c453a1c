#include "client/cli/recall_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

constexpr uint32_t kPlottedK = 10;
// In characters; the labels of the recall stand in front.
constexpr int kWidth = 62;
constexpr int kHeight = 9;

// A time and the recall it buys.
struct Point {
  double log_time;
  double recall;
};

// One line of the plot.
struct Line {
  std::string name;
  const v1::RecallCurve* curve;
  std::vector<Point> points;  // time rising
};

std::vector<Line> LinesOf(const v1::Table& table) {
  std::vector<Line> lines;
  for (const v1::RecallCurve& curve : table.calibration()) {
    if (curve.k() != kPlottedK || curve.points().empty()) continue;
    Line line{curve.query_table().empty() ? table.name() : curve.query_table(),
              &curve,
              {}};
    double time = 0;
    for (const v1::RecallPoint& point : curve.points()) {
      // More effort never takes less time; a clock may say so.
      time = std::max({time, double{point.microseconds()}, 1e-3});
      line.points.push_back({std::log(time), point.recall()});
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

// The recall that the plot begins with: the interesting end is near 1. Quarters
// of the rest have two digits.
double LeastRecall(const std::vector<Line>& lines) {
  double first = 1;
  double best = 0;
  for (const Line& line : lines) {
    first = std::min(first, line.points.front().recall);
    best = std::max(best, line.points.back().recall);
  }
  for (const double least : {0.96, 0.92}) {
    if (first >= least) return least;
  }
  return best > 0.84 ? 0.8 : 0;
}

// The recall of `line` at a time, or nothing outside of what was measured.
std::optional<double> RecallAt(const Line& line, double log_time) {
  const auto& points = line.points;
  if (log_time < points.front().log_time || log_time > points.back().log_time) {
    return std::nullopt;
  }
  const auto after = std::find_if(
      points.begin(), points.end(),
      [&](const Point& point) { return point.log_time >= log_time; });
  if (after == points.begin()) return after->recall;
  const Point& before = *(after - 1);
  const double at =
      (log_time - before.log_time) / (after->log_time - before.log_time);
  return before.recall + at * (after->recall - before.recall);
}

// What is drawn on: dots of which a character holds several, or one.
class Canvas {
 public:
  explicit Canvas(bool braille)
      : braille_(braille),
        columns_(kWidth * (braille ? 2 : 1)),
        rows_(kHeight * (braille ? 4 : 1)),
        cells_(kHeight, std::vector<Cell>(kWidth)) {}

  int columns() const { return columns_; }

  // `height` 0 is the middle of the lowest character, 1 that of the highest.
  int RowAt(double height) const {
    const int per_cell = rows_ / kHeight;
    const double steps = (1 - height) * (kHeight - 1) * per_cell;
    return static_cast<int>(std::lround(steps + (per_cell - 1) / 2.0));
  }

  // The way a line is drawn tells it from the others.
  void Dot(int column, int row, size_t line) {
    if (row < 0 || row >= rows_ || !IsDrawn(column, line)) return;
    if (!braille_) {
      cells_[row][column].mark = kMarks[line % kMarks.size()];
      return;
    }
    // Unicode 15, "Braille Patterns": the bit of each of the 2 x 4 dots.
    static constexpr uint8_t kBits[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    cells_[row / 4][column / 2].dots |= kBits[row % 4][column % 2];
  }

  std::string RowText(int row) const {
    std::string text;
    for (const Cell& cell : cells_[row]) absl::StrAppend(&text, TextOf(cell));
    return text;
  }

  // A short piece of that line.
  static std::string Sample(bool braille, size_t line) {
    Canvas canvas(braille);
    const int row = canvas.rows_ / 2;
    const int columns = braille ? 8 : 1;
    for (int column = 0; column < columns; ++column) {
      canvas.Dot(column, row, line);
    }
    std::string text;
    for (int cell = 0; cell < (braille ? 4 : 1); ++cell) {
      absl::StrAppend(&text, canvas.TextOf(canvas.cells_[kHeight / 2][cell]));
    }
    return text;
  }

 private:
  struct Cell {
    uint8_t dots = 0;
    char mark = ' ';
  };
  static constexpr std::array<char, 4> kMarks = {'*', 'o', '+', 'x'};

  bool IsDrawn(int column, size_t line) const {
    if (!braille_) return true;
    switch (line % 3) {
      case 0:
        return true;  // solid
      case 1:
        return column % 4 < 2;  // dashed
      default:
        return column % 4 == 0;  // dotted
    }
  }

  std::string TextOf(const Cell& cell) const {
    if (!braille_) return std::string(1, cell.mark);
    if (cell.dots == 0) return " ";
    // U+2800 + dots in UTF-8.
    return {'\xE2', static_cast<char>(0xA0 | (cell.dots >> 6)),
            static_cast<char>(0x80 | (cell.dots & 0x3F))};
  }

  const bool braille_;
  const int columns_;
  const int rows_;
  std::vector<std::vector<Cell>> cells_;
};

// The times that the plot spans, as logarithms.
struct TimeRange {
  double begin;
  double end;

  double At(double position) const { return begin + (end - begin) * position; }
  double PositionOf(double log_time) const {
    return (log_time - begin) / (end - begin);
  }
};

TimeRange TimesOf(const std::vector<Line>& lines, double least) {
  TimeRange range{1e9, -1e9};
  for (const Line& line : lines) {
    for (size_t i = 0; i < line.points.size(); ++i) {
      // From the last point below the plot on.
      const bool below =
          i + 1 < line.points.size() && line.points[i + 1].recall < least;
      if (!below) range.begin = std::min(range.begin, line.points[i].log_time);
      range.end = std::max(range.end, line.points[i].log_time);
    }
  }
  // One point alone, or a clock that saw no difference, still gets a label.
  const double missing = std::log(4) - (range.end - range.begin);
  if (missing > 0) {
    range.begin -= missing / 2;
    range.end += missing / 2;
  }
  return range;
}

void Draw(const Line& line, size_t number, const TimeRange& range, double least,
          Canvas* canvas) {
  std::optional<int> last;
  const double step = (range.end - range.begin) / (canvas->columns() - 1);
  for (int column = 0; column < canvas->columns(); ++column) {
    const double time =
        range.At(static_cast<double>(column) / (canvas->columns() - 1));
    // A line shorter than a column shows all the same.
    const double nearest = std::clamp(time, line.points.front().log_time,
                                      line.points.back().log_time);
    if (std::abs(nearest - time) > step / 2) continue;
    const double recall = *RecallAt(line, nearest);
    if (recall < least) continue;
    const int row = canvas->RowAt((recall - least) / (1 - least));
    // Steep pieces are drawn without gaps.
    const int from = last.value_or(row);
    for (int r = std::min(row, from + 1); r <= std::max(row, from - 1); ++r) {
      canvas->Dot(column, r, number);
    }
    last = row;
  }
}

// Labels 1, 2 and 5 times a power of ten, as far as they do not touch.
void PrintTimeAxis(const Terminal& terminal, const TimeRange& range) {
  std::string axis(kWidth, '-');
  std::string labels;
  for (int power = -3; power < 10; ++power) {
    for (const int digit : {1, 2, 5}) {
      const double time = digit * std::pow(10, power);
      const double position = range.PositionOf(std::log(time));
      if (position < 0 || position > 1) continue;
      const int column = static_cast<int>(std::lround(position * (kWidth - 1)));
      const std::string label = TimeWord(time);
      const int end = column + static_cast<int>(label.size());
      if (end > kWidth + 1 ||
          (!labels.empty() && column < static_cast<int>(labels.size()) + 2)) {
        continue;
      }
      axis[column] = '+';
      labels.resize(column, ' ');
      labels += label;
    }
  }
  terminal.out << Dim(terminal, absl::StrCat("     +", axis)) << '\n'
               << Dim(terminal, absl::StrCat("      ", labels)) << '\n';
}

std::string CostText(const v1::Table& table, const v1::RecallCurve& curve) {
  std::string text = absl::StrCat("recall@", curve.k());
  for (const double recall : {0.95, 0.99}) {
    const auto time = MicrosecondsAt(curve, recall);
    absl::StrAppendFormat(&text, "%s %.2f: %s", recall > 0.95 ? "," : "",
                          recall, time ? TimeWord(*time) : "not reached");
  }
  if (table.load_report().has_exact_microseconds()) {
    absl::StrAppend(
        &text, "; exact: ", TimeWord(table.load_report().exact_microseconds()));
  }
  return text;
}

}  // namespace

std::optional<double> MicrosecondsAt(const v1::RecallCurve& curve,
                                     double recall) {
  // Recall is a float on the wire.
  const auto target = static_cast<float>(recall);
  const v1::RecallPoint* before = nullptr;
  for (const v1::RecallPoint& point : curve.points()) {
    if (point.recall() < target) {
      before = &point;
      continue;
    }
    if (before == nullptr) return point.microseconds();
    const double at =
        (target - before->recall()) / (point.recall() - before->recall());
    return before->microseconds() +
           at * (point.microseconds() - before->microseconds());
  }
  return std::nullopt;
}

std::string TimeWord(double microseconds) {
  double value = microseconds;
  const char* unit = "us";
  for (const char* larger : {"ms", "s"}) {
    if (value < 999.5) break;
    value /= 1000;
    unit = larger;
  }
  // One digit behind the point where it says something.
  const bool whole = value >= 9.95 || value == std::floor(value);
  return absl::StrFormat("%.*f %s",
                         whole         ? 0
                         : value < 0.1 ? 3
                                       : 1,
                         value, unit);
}

void PrintRecallPlot(const Terminal& terminal, const v1::Table& table) {
  const std::vector<Line> lines = LinesOf(table);
  if (lines.empty()) return;
  const double least = LeastRecall(lines);
  const TimeRange range = TimesOf(lines, least);
  Canvas canvas(terminal.blocks);
  for (size_t i = lines.size(); i-- > 0;) {
    Draw(lines[i], i, range, least, &canvas);
  }
  terminal.out << Dim(terminal,
                      "recall@10 over the time of a search on one thread")
               << '\n';
  for (int row = 0; row < kHeight; ++row) {
    const double recall = 1 - (1 - least) * row / (kHeight - 1);
    const std::string label =
        row % 2 == 0 ? absl::StrFormat("%4.2f", recall) : "    ";
    std::string text = canvas.RowText(row);
    text.erase(text.find_last_not_of(' ') + 1);
    terminal.out << Dim(terminal, absl::StrCat(label, " |"))
                 << BarColour(terminal, text) << '\n';
  }
  PrintTimeAxis(terminal, range);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines.size() > 1) {
      terminal.out << Canvas::Sample(terminal.blocks, i) << " queries from "
                   << Printable(lines[i].name) << ": ";
    }
    terminal.out << CostText(table, *lines[i].curve) << '\n';
  }
}

}  // namespace akin::client
