#include "client/cli/shell/plain_line_reader.h"

#include <sys/types.h>

#include <cstdlib>

namespace akin::client {

ReadLine PlainLineReader::Read(const std::string& prompt) {
  if (prompts_ != nullptr) *prompts_ << prompt << std::flush;
  char* text = nullptr;
  size_t capacity = 0;
  const ssize_t size = getline(&text, &capacity, input_);
  ReadLine line;
  if (size >= 0) {
    line.kind = ReadLine::kLine;
    line.text.assign(text, static_cast<size_t>(size));
    while (!line.text.empty() &&
           (line.text.back() == '\n' || line.text.back() == '\r')) {
      line.text.pop_back();
    }
  } else if (prompts_ != nullptr) {
    *prompts_ << '\n' << std::flush;  // what follows is not beside the prompt
  }
  std::free(text);
  return line;
}

}  // namespace akin::client
