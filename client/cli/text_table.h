// A table of text for people.
#ifndef AKIN_CLIENT_CLI_TEXT_TABLE_H_
#define AKIN_CLIENT_CLI_TEXT_TABLE_H_

#include <string>
#include <vector>

#include "client/cli/terminal.h"

namespace akin::client {

enum class Align { kLeft, kRight };

struct Column {
  std::string header;
  Align align = Align::kLeft;
  bool bar = false;  // in the bars' colour
};

// Collects rows and prints them in columns that line up on a UTF-8 terminal.
// Control characters are shown as escapes. A cell wider than 60 columns is
// printed whole and shifts only its own row.
class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns);

  // One cell a column.
  void AddRow(std::vector<std::string> cells);
  void Print(const Terminal& terminal) const;

 private:
  void PrintRow(const Terminal& terminal, const std::vector<std::string>& cells,
                const std::vector<int>& widths, bool header) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_TEXT_TABLE_H_
