#include "client/cli/text_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

constexpr int kWidestPadding = 60;
constexpr int kGap = 2;

}  // namespace

TextTable::TextTable(std::vector<Column> columns)
    : columns_(std::move(columns)) {}

void TextTable::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

void TextTable::Print(const Terminal& terminal) const {
  std::vector<std::string> headers;
  std::vector<int> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    headers.push_back(columns_[i].header);
    int width = DisplayWidth(columns_[i].header);
    for (const auto& row : rows_) {
      const int cell = DisplayWidth(row[i]);
      if (cell <= kWidestPadding) width = std::max(width, cell);
    }
    widths.push_back(width);
  }
  PrintRow(terminal, headers, widths, true);
  for (const auto& row : rows_) PrintRow(terminal, row, widths, false);
}

void TextTable::PrintRow(const Terminal& terminal,
                         const std::vector<std::string>& cells,
                         const std::vector<int>& widths, bool header) const {
  std::string line;
  // Spaces are written only once something follows them.
  int pending = 0;
  for (size_t i = 0; i < cells.size(); ++i) {
    const int padding = std::max(0, widths[i] - DisplayWidth(cells[i]));
    const bool right = columns_[i].align == Align::kRight;
    if (right) pending += padding;
    if (!cells[i].empty()) {
      absl::StrAppend(&line, std::string(pending, ' '),
                      header            ? Dim(terminal, cells[i])
                      : columns_[i].bar ? BarColour(terminal, cells[i])
                                        : cells[i]);
      pending = 0;
    }
    pending += (right ? 0 : padding) + kGap;
  }
  terminal.out << line << '\n';
}

}  // namespace akin::client
