#include "index/base/spelling.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace akin {
namespace {

constexpr size_t kMaxEditedBytes = 32;
constexpr absl::string_view kAlphabet =
    "abcdefghijklmnopqrstuvwxyz0123456789_- ";

// Collects candidates that exist, each once.
class Candidates {
 public:
  Candidates(absl::string_view name,
             absl::FunctionRef<bool(absl::string_view)> exists, size_t limit)
      : name_(name), exists_(exists), limit_(limit) {}

  void Try(absl::string_view candidate) {
    if (full() || candidate.empty() || candidate == name_) return;
    if (!exists_(candidate)) return;
    std::string found(candidate);
    if (std::find(found_.begin(), found_.end(), found) == found_.end()) {
      found_.push_back(std::move(found));
    }
  }

  bool full() const { return found_.size() >= limit_; }
  std::vector<std::string> Take() { return std::move(found_); }

 private:
  const absl::string_view name_;
  absl::FunctionRef<bool(absl::string_view)> exists_;
  const size_t limit_;
  std::vector<std::string> found_;
};

void TryOtherForms(absl::string_view name, Candidates* candidates) {
  const std::string lower = absl::AsciiStrToLower(name);
  candidates->Try(lower);
  std::string title = lower;
  title[0] = absl::ascii_toupper(static_cast<unsigned char>(title[0]));
  candidates->Try(title);
  candidates->Try(absl::AsciiStrToUpper(name));
  candidates->Try(absl::StripAsciiWhitespace(name));
  for (const std::string& form : {std::string(name), lower}) {
    candidates->Try(absl::StrReplaceAll(form, {{" ", "_"}}));
    candidates->Try(absl::StrReplaceAll(form, {{"_", " "}}));
    candidates->Try(absl::StrReplaceAll(form, {{"-", " "}}));
    candidates->Try(absl::StrReplaceAll(form, {{" ", "-"}}));
  }
}

void TryOneEdit(const std::string& name, Candidates* candidates) {
  std::string edited;
  for (size_t i = 0; i + 1 < name.size(); ++i) {
    edited = name;
    std::swap(edited[i], edited[i + 1]);
    candidates->Try(edited);
  }
  for (size_t i = 0; i < name.size(); ++i) {
    edited = name;
    edited.erase(i, 1);
    candidates->Try(edited);
  }
  for (size_t i = 0; i <= name.size() && !candidates->full(); ++i) {
    edited = name;
    edited.insert(i, 1, ' ');
    for (const char c : kAlphabet) {
      edited[i] = c;
      candidates->Try(edited);
    }
  }
  for (size_t i = 0; i < name.size() && !candidates->full(); ++i) {
    edited = name;
    for (const char c : kAlphabet) {
      edited[i] = c;
      candidates->Try(edited);
    }
  }
}

}  // namespace

std::vector<std::string> NearSpellings(
    absl::string_view name, absl::FunctionRef<bool(absl::string_view)> exists,
    size_t limit) {
  if (name.empty()) return {};
  Candidates candidates(name, exists, limit);
  TryOtherForms(name, &candidates);
  if (name.size() <= kMaxEditedBytes) {
    TryOneEdit(std::string(name), &candidates);
    const std::string lower = absl::AsciiStrToLower(name);
    if (lower != name) TryOneEdit(lower, &candidates);
  }
  return candidates.Take();
}

std::string SomeOf(const std::vector<std::string>& names) {
  constexpr size_t kShown = 10;
  if (names.size() <= kShown) return absl::StrJoin(names, ", ");
  return absl::StrCat(
      absl::StrJoin(names.begin(), names.begin() + kShown, ", "), " and ",
      names.size() - kShown, " more");
}

std::string DidYouMean(const std::vector<std::string>& near) {
  if (near.empty()) return "";
  std::string text = absl::StrCat("; did you mean \"", near[0], "\"");
  for (size_t i = 1; i < near.size(); ++i) {
    absl::StrAppend(&text, i + 1 == near.size() ? " or \"" : ", \"", near[i],
                    "\"");
  }
  return absl::StrCat(text, "?");
}

}  // namespace akin
