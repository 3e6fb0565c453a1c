#include "client/cli/shell/edit_line_reader.h"

#include <histedit.h>
#include <langinfo.h>
#include <signal.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

constexpr int kColumns = 80;

// Characters as libedit counts them, in UTF-8.
int CharactersIn(absl::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
      }));
}

// In columns, for a line that says no width.
std::string ListText(const Completion& completion) {
  int width = 0;
  for (const std::string& candidate : completion.candidates) {
    width = std::max(width, DisplayWidth(Printable(candidate)) + 2);
  }
  std::string text = "\n";
  int column = 0;
  for (const std::string& candidate : completion.candidates) {
    const std::string shown = Printable(candidate);
    if (column > 0 && column + width > kColumns) {
      text += '\n';
      column = 0;
    }
    text += shown;
    text.append(static_cast<size_t>(width - DisplayWidth(shown)), ' ');
    column += width;
  }
  return absl::StrCat(text, completion.more ? "\n...\n" : "\n");
}

}  // namespace

class EditLineReader::Editor {
 public:
  Editor(CompleteLine complete, HistoryFile file)
      : complete_(std::move(complete)),
        file_(std::move(file)),
        history_(history_init()) {
    // Without a locale only ASCII could be typed.
    if (std::strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0) {
      std::setlocale(LC_CTYPE, "C.UTF-8");
    }
    edit_ = el_init("akin", stdin, stdout, stderr);
    HistEvent event;
    history(history_, &event, H_SETSIZE,
            static_cast<int>(HistoryFile::kMostLines));
    history(history_, &event, H_SETUNIQUE, 1);
    for (const std::string& line : file_.Load()) {
      history(history_, &event, H_ENTER, line.c_str());
    }
    if (edit_ != nullptr) SetUp();
  }
  ~Editor() {
    if (edit_ != nullptr) el_end(edit_);
    history_end(history_);
  }
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  ReadLine Read(const std::string& prompt) {
    if (edit_ == nullptr) return {};
    prompt_ = prompt;
    interrupted_ = false;
    // The prompt is shown a moment before Ctrl-C becomes a key of the line; in
    // between it must not end the shell.
    struct sigaction ignore = {};
    struct sigaction before = {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGINT, &ignore, &before);
    int count = 0;
    const char* text = el_gets(edit_, &count);
    sigaction(SIGINT, &before, nullptr);
    if (interrupted_) return {ReadLine::kInterrupted, ""};
    if (text == nullptr || count <= 0) {
      std::fputs("\n", stdout);
      std::fflush(stdout);
      return {};
    }
    std::string line(text, static_cast<size_t>(count));
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) {
      line.pop_back();
    }
    return {ReadLine::kLine, std::move(line)};
  }

  void Remember(const std::string& line) {
    HistEvent event;
    history(history_, &event, H_ENTER, line.c_str());
    file_.Append(line);
  }

 private:
  void SetUp() {
    el_set(edit_, EL_CLIENTDATA, this);
    el_set(edit_, EL_PROMPT, &Editor::Prompt);
    el_set(edit_, EL_HIST, history, history_);
    el_set(edit_, EL_EDITOR, "emacs");
    el_set(edit_, EL_ADDFN, "akin-complete", "complete a word", &Editor::OnTab);
    el_set(edit_, EL_ADDFN, "akin-interrupt", "give up the line",
           &Editor::OnInterrupt);
    el_set(edit_, EL_ADDFN, "akin-suspend", "stop the program",
           &Editor::OnSuspend);
    // Ctrl-C and Ctrl-Z are keys of the line, not signals.
    el_set(edit_, EL_SETTY, "-d", "-isig", nullptr);
    Bind("^I", "akin-complete");
    Bind("^C", "akin-interrupt");
    Bind("^Z", "akin-suspend");
    Bind("^R", "em-inc-search-prev");
    for (const char* up : {"\\e[A", "\\eOA"})
      Bind(up, "ed-search-prev-history");
    for (const char* down : {"\\e[B", "\\eOB"}) {
      Bind(down, "ed-search-next-history");
    }
    el_source(edit_, nullptr);
  }

  void Bind(const char* key, const char* function) {
    el_set(edit_, EL_BIND, key, function, nullptr);
  }

  static Editor& Of(EditLine* edit) {
    void* editor = nullptr;
    el_get(edit, EL_CLIENTDATA, &editor);
    return *static_cast<Editor*>(editor);
  }

  static char* Prompt(EditLine* edit) { return Of(edit).prompt_.data(); }

  static unsigned char OnTab(EditLine* edit, int) {
    return Of(edit).CompleteWord();
  }

  static unsigned char OnInterrupt(EditLine* edit, int) {
    Of(edit).interrupted_ = true;
    std::fputs("^C\n", stdout);
    std::fflush(stdout);
    return CC_EOF;
  }

  static unsigned char OnSuspend(EditLine* edit, int) {
    el_set(edit, EL_PREP_TERM, 0);
    raise(SIGTSTP);
    el_set(edit, EL_PREP_TERM, 1);
    return CC_REDISPLAY;
  }

  unsigned char CompleteWord() {
    const LineInfo* info = el_line(edit_);
    const auto size = static_cast<size_t>(info->lastchar - info->buffer);
    const auto cursor = static_cast<size_t>(info->cursor - info->buffer);
    const std::string line(info->buffer, size);
    const Completion completion = complete_(line, cursor);
    if (completion.candidates.empty()) return CC_REFRESH_BEEP;
    const std::string typed =
        line.substr(completion.begin, cursor - completion.begin);
    const std::string replacement = Replacement(completion, typed);
    if (replacement == typed) {
      std::fputs(ListText(completion).c_str(), stdout);
      std::fflush(stdout);
      return CC_REDISPLAY;
    }
    if (absl::StartsWith(replacement, typed)) {
      return el_insertstr(edit_, replacement.c_str() + typed.size()) == 0
                 ? CC_REFRESH
                 : CC_REFRESH_BEEP;
    }
    el_deletestr(edit_, CharactersIn(typed));
    return el_insertstr(edit_, replacement.c_str()) == 0 ? CC_REFRESH
                                                         : CC_REFRESH_BEEP;
  }

  const CompleteLine complete_;
  const HistoryFile file_;
  History* const history_;
  EditLine* edit_ = nullptr;
  std::string prompt_;
  bool interrupted_ = false;
};

EditLineReader::EditLineReader(CompleteLine complete, HistoryFile history)
    : editor_(
          std::make_unique<Editor>(std::move(complete), std::move(history))) {}

EditLineReader::~EditLineReader() = default;

ReadLine EditLineReader::Read(const std::string& prompt) {
  return editor_->Read(prompt);
}

void EditLineReader::Remember(const std::string& line) {
  editor_->Remember(line);
}

}  // namespace akin::client
