// Where a command writes, and what can be shown there.
#ifndef AKIN_CLIENT_CLI_TERMINAL_H_
#define AKIN_CLIENT_CLI_TERMINAL_H_

#include <functional>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace akin::client {

struct Terminal {
  std::ostream& out;  // the answer
  std::ostream& err;  // why there is none

  bool interactive = false;  // a person reads `out` as it comes
  bool colour = false;       // `out` understands ANSI colours
  bool blocks = false;       // `out` shows Unicode block characters

  // Shows at once what is written, and may have a line written over; null: no
  // person looks.
  std::ostream* progress = nullptr;

  // Shows what `out` and `err` have got so far; false: `out` cannot be written
  // any more. Null: all of it is shown in the end.
  std::function<bool()> flush = nullptr;
};

// `text` for terminal.out, toned down or in the bars' colour; unchanged without
// colours.
std::string Dim(const Terminal& terminal, absl::string_view text);
std::string BarColour(const Terminal& terminal, absl::string_view text);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_TERMINAL_H_
