#include "client/cli/text_width.h"

#include <locale.h>
#include <wchar.h>

#include "absl/strings/str_format.h"

namespace akin::client {
namespace {

// wcwidth knows every character in a UTF-8 locale only, and the user's may be
// another one.
class Utf8Locale {
 public:
  Utf8Locale() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) previous_ = uselocale(locale_);
  }
  ~Utf8Locale() {
    if (locale_ == nullptr) return;
    uselocale(previous_);
    freelocale(locale_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  locale_t locale_;
  locale_t previous_ = nullptr;
};

bool IsAscii(absl::string_view text) {
  for (const char c : text) {
    if (static_cast<uint8_t>(c) >= 0x80) return false;
  }
  return true;
}

}  // namespace

uint32_t TakeCharacter(absl::string_view& text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  int length = 1;
  uint32_t character = lead;
  uint32_t smallest = 0;
  if (lead >= 0xC0) {
    length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    character = lead & (0xFF >> (length + 1));
    smallest = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
  }
  bool good = (lead < 0x80 || lead >= 0xC0) && lead < 0xF8 &&
              text.size() >= static_cast<size_t>(length);
  for (int i = 1; good && i < length; ++i) {
    good = (byte(i) & 0xC0) == 0x80;
    character = character << 6 | (byte(i) & 0x3F);
  }
  good = good && character >= smallest && character <= 0x10FFFF &&
         (character < 0xD800 || character > 0xDFFF);
  text.remove_prefix(good ? length : 1);
  return good ? character : kBadSequence;
}

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    if (TakeCharacter(text) == kBadSequence) return false;
  }
  return true;
}

int DisplayWidth(absl::string_view text) {
  if (IsAscii(text)) return static_cast<int>(text.size());
  const Utf8Locale locale;
  int width = 0;
  while (!text.empty()) {
    const int columns = wcwidth(static_cast<wchar_t>(TakeCharacter(text)));
    // Without a width is what the C library is too old to know.
    width += columns < 0 ? 1 : columns;
  }
  return width;
}

std::string Printable(absl::string_view text) {
  std::string result;
  while (!text.empty()) {
    const absl::string_view rest = text;
    const uint32_t character = TakeCharacter(text);
    if (character == '\n') {
      result += "\\n";
    } else if (character == '\t') {
      result += "\\t";
    } else if (character == '\r') {
      result += "\\r";
    } else if (character < 0x20 || character == kBadSequence ||
               (character >= 0x7F && character < 0xA0)) {
      absl::StrAppendFormat(&result, "\\x%02x",
                            character == kBadSequence
                                ? static_cast<uint8_t>(rest[0])
                                : character);
    } else {
      result.append(rest.data(), rest.size() - text.size());
    }
  }
  return result;
}

}  // namespace akin::client
