// Text of unknown origin on a terminal.
#ifndef AKIN_CLIENT_CLI_TEXT_WIDTH_H_
#define AKIN_CLIENT_CLI_TEXT_WIDTH_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace akin::client {

inline constexpr uint32_t kBadSequence = 0xFFFFFFFF;

// Takes the first character off `text`, which is not empty. One that is no
// UTF-8 costs one byte and gives kBadSequence.
uint32_t TakeCharacter(absl::string_view& text);

bool IsUtf8(absl::string_view text);

// How many columns a UTF-8 terminal uses for `text`: CJK characters and emoji
// take two, combining characters none. Does not depend on the user's locale.
int DisplayWidth(absl::string_view text);

// `text` with control characters written as escapes (\n, \x1b, ...), so that an
// id can neither break a table nor steer the terminal.
std::string Printable(absl::string_view text);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_TEXT_WIDTH_H_
