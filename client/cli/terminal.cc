#include "client/cli/terminal.h"

#include "absl/strings/str_cat.h"

namespace akin::client {
namespace {

std::string Styled(const Terminal& terminal, absl::string_view escape,
                   absl::string_view text) {
  if (!terminal.colour || text.empty()) return std::string(text);
  return absl::StrCat(escape, text, "\x1b[0m");
}

}  // namespace

std::string Dim(const Terminal& terminal, absl::string_view text) {
  return Styled(terminal, "\x1b[2m", text);
}

std::string BarColour(const Terminal& terminal, absl::string_view text) {
  return Styled(terminal, "\x1b[36m", text);
}

}  // namespace akin::client
