#include "tests/e2e/fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

std::string LineBehind(const std::string& text, const std::string& mark) {
  const size_t begin = text.find(mark) + mark.size();
  return text.substr(begin, text.find_first_of("\n,", begin) - begin);
}

}  // namespace

TestServer::TestServer(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  process_ = std::make_unique<ChildProcess>(AKIN_BIN_DIR "/akin-server",
                                            std::move(arguments));
}

std::string TestServer::WaitUntilServing() {
  const std::string mark = "akin-server: listening on ";
  if (!process_->WaitForOutput(mark) || !process_->WaitForOutput("\n")) {
    return "";
  }
  return LineBehind(process_->output(), mark);
}

std::string TestServer::WaitUntilBound() {
  const std::string mark = "bound to ";
  if (!process_->WaitForError(mark) || !process_->WaitForError(", loading")) {
    return "";
  }
  return LineBehind(process_->errors(), mark);
}

CliResult RunAkin(const std::vector<std::string>& arguments) {
  ChildProcess process(AKIN_BIN_DIR "/akin", arguments);
  const int exit_code = process.Wait();
  return {exit_code, process.output(), process.errors()};
}

std::vector<std::string> RoyalLoads(const TempDir& dir) {
  std::string words;
  for (const auto& [id, values] : RoyalRows()) {
    absl::StrAppend(&words, id);
    for (const float value : values) absl::StrAppend(&words, " ", value);
    absl::StrAppend(&words, "\n");
  }
  const std::string words_file = dir.Write("words.txt", words);
  const std::string people_file =
      dir.Write("people.txt", "elizabeth 4 0.5 4\nking 0 1 0\n");
  std::vector<std::string> arguments;
  for (const auto& [model, metric] : {std::pair{"royal", "cosine"},
                                      {"royal-dot", "dot"},
                                      {"royal-l2", "l2"}}) {
    for (const auto& [table, file] :
         {std::pair{"words", words_file}, {"people", people_file}}) {
      arguments.insert(arguments.end(),
                       {"--load", absl::StrCat(model, "/", table, "=", file,
                                               ",metric=", metric)});
    }
  }
  return arguments;
}

}  // namespace akin
