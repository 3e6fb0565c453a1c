#include "client/cli/where.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cli/failure.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

// As deep as the server takes them.
constexpr int kMaxDepth = 32;

enum class TokenKind : uint8_t { kWord, kName, kText, kNumber, kSign, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;  // without its quotes
  size_t at = 0;     // of its first byte
};

bool IsWordByte(char byte) {
  return absl::ascii_isalnum(byte) || byte == '_' || byte == '-' ||
         byte == '.' || (byte & 0x80) != 0;
}

std::string Show(const Token& token) {
  if (token.kind == TokenKind::kEnd) return "the end";
  return absl::StrCat("\"", Printable(token.text), "\"");
}

absl::Status Expected(absl::string_view what, const Token& token) {
  return UsageError(absl::StrCat("--where, at character ", token.at + 1,
                                 ": expected ", what, ", got ", Show(token)));
}

// Of predicates within each other, with those that "and" and "or" make.
int DepthOf(const v1::Predicate& predicate) {
  int inner = predicate.has_not_() ? DepthOf(predicate.not_()) : 0;
  for (const auto* list : {&predicate.all(), &predicate.any()}) {
    for (const v1::Predicate& part : list->predicates()) {
      inner = std::max(inner, DepthOf(part));
    }
  }
  return inner + 1;
}

// The text as tokens, the last of which is the end.
class Lexer {
 public:
  explicit Lexer(absl::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
      auto token = Next();
      if (!token.ok()) return token.status();
      tokens.push_back(*std::move(token));
      if (tokens.back().kind == TokenKind::kEnd) return tokens;
    }
  }

 private:
  absl::StatusOr<Token> Next() {
    if (at_ == text_.size()) return Token{TokenKind::kEnd, "", at_};
    const char first = text_[at_];
    if (first == '"' || first == '\'' || first == '`') return Quoted(first);
    if (IsWordByte(first) || first == '+') return Word();
    for (const absl::string_view sign :
         {"<=", ">=", "!=", "<>", "==", "<", ">", "=", "(", ")", ","}) {
      if (!absl::StartsWith(text_.substr(at_), sign)) continue;
      const size_t begin = at_;
      at_ += sign.size();
      return Token{TokenKind::kSign, std::string(sign), begin};
    }
    return Expected("a name, a value or an operator",
                    {TokenKind::kSign, std::string(1, first), at_});
  }

  absl::StatusOr<Token> Quoted(char quote) {
    Token token{quote == '`' ? TokenKind::kName : TokenKind::kText, "", at_};
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        return token;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      token.text += text_[at_];
    }
    return Expected(absl::StrCat("a closing ", std::string(1, quote)),
                    {TokenKind::kEnd, "", at_});
  }

  // A number is a word that reads as one: 1990, -0.5, 1e3.
  absl::StatusOr<Token> Word() {
    const size_t begin = at_;
    while (at_ < text_.size() && (IsWordByte(text_[at_]) || text_[at_] == '+'))
      ++at_;
    Token token{TokenKind::kWord, std::string(text_.substr(begin, at_ - begin)),
                begin};
    double number = 0;
    const char first = token.text[0];
    const bool may_be =
        absl::ascii_isdigit(first) || first == '-' || first == '+';
    if (may_be && absl::SimpleAtod(token.text, &number)) {
      token.kind = TokenKind::kNumber;
      if (!std::isfinite(number)) return Expected("a finite number", token);
    }
    return token;
  }

  const absl::string_view text_;
  size_t at_ = 0;
};

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  absl::StatusOr<v1::Predicate> Run() {
    auto predicate = Any(0);
    if (!predicate.ok()) return predicate;
    if (token().kind != TokenKind::kEnd) {
      return Expected("and, or, or the end", token());
    }
    // Parentheses with both "and" and "or" in them are two.
    if (const int depth = DepthOf(*predicate); depth > kMaxDepth) {
      return UsageError(absl::StrCat("--where: expected at most ", kMaxDepth,
                                     " predicates within each other, got ",
                                     depth));
    }
    return predicate;
  }

 private:
  using Result = absl::StatusOr<v1::Predicate>;

  const Token& token() const { return tokens_[at_]; }

  bool IsWord(absl::string_view word) const {
    return token().kind == TokenKind::kWord &&
           absl::EqualsIgnoreCase(token().text, word);
  }
  bool TakeWord(absl::string_view word) {
    if (!IsWord(word)) return false;
    ++at_;
    return true;
  }
  bool TakeSign(absl::string_view sign) {
    if (token().kind != TokenKind::kSign || token().text != sign) return false;
    ++at_;
    return true;
  }

  Result Any(int depth) {
    auto first = All(depth);
    if (!first.ok() || !IsWord("or")) return first;
    v1::Predicate any;
    *any.mutable_any()->add_predicates() = *std::move(first);
    while (TakeWord("or")) {
      auto next = All(depth);
      if (!next.ok()) return next;
      *any.mutable_any()->add_predicates() = *std::move(next);
    }
    return any;
  }

  Result All(int depth) {
    auto first = One(depth);
    if (!first.ok() || !IsWord("and")) return first;
    v1::Predicate all;
    *all.mutable_all()->add_predicates() = *std::move(first);
    while (TakeWord("and")) {
      auto next = One(depth);
      if (!next.ok()) return next;
      *all.mutable_all()->add_predicates() = *std::move(next);
    }
    return all;
  }

  Result One(int depth) {
    if (depth >= kMaxDepth) {
      return Expected(
          absl::StrCat("at most ", kMaxDepth, " predicates within each other"),
          token());
    }
    if (TakeWord("not")) {
      auto inner = One(depth + 1);
      if (!inner.ok()) return inner;
      return Not(*std::move(inner));
    }
    if (TakeSign("(")) {
      auto inner = Any(depth + 1);
      if (!inner.ok()) return inner;
      if (!TakeSign(")")) return Expected("and, or, or )", token());
      return inner;
    }
    return Comparison();
  }

  static v1::Predicate Not(v1::Predicate inner) {
    v1::Predicate predicate;
    *predicate.mutable_not_() = std::move(inner);
    return predicate;
  }

  Result Comparison() {
    if (token().kind != TokenKind::kWord && token().kind != TokenKind::kName) {
      return Expected("the name of an attribute, not or (", token());
    }
    const std::string name = tokens_[at_++].text;
    v1::Predicate predicate;
    if (TakeWord("exists")) {
      predicate.mutable_exists()->set_attribute(name);
      return predicate;
    }
    if (TakeWord("prefix")) {
      if (token().kind != TokenKind::kText) {
        return Expected("a text in quotes", token());
      }
      predicate.mutable_prefix()->set_attribute(name);
      predicate.mutable_prefix()->set_prefix(tokens_[at_++].text);
      return predicate;
    }
    if (TakeWord("in")) return In(name);
    if (TakeWord("between")) return Between(name);
    if (TakeWord("not")) {
      if (!TakeWord("in")) return Expected("in", token());
      auto in = In(name);
      if (!in.ok()) return in;
      return Not(*std::move(in));
    }
    return Compared(name);
  }

  Result In(const std::string& name) {
    if (!TakeSign("(")) return Expected("( and values", token());
    v1::Predicate predicate;
    predicate.mutable_in()->set_attribute(name);
    do {
      auto value = Value();
      if (!value.ok()) return value.status();
      *predicate.mutable_in()->add_values() = *std::move(value);
    } while (TakeSign(","));
    if (!TakeSign(")")) return Expected(", or )", token());
    return predicate;
  }

  Result Between(const std::string& name) {
    auto low = Value();
    if (!low.ok()) return low.status();
    if (!TakeWord("and")) return Expected("and", token());
    auto high = Value();
    if (!high.ok()) return high.status();
    v1::Predicate predicate;
    v1::Range& range = *predicate.mutable_range();
    range.set_attribute(name);
    *range.mutable_low() = *std::move(low);
    *range.mutable_high() = *std::move(high);
    return predicate;
  }

  Result Compared(const std::string& name) {
    if (token().kind != TokenKind::kSign || token().text == "(" ||
        token().text == ")" || token().text == ",") {
      return Expected(
          "=, !=, <, <=, >, >=, in, not in, between, prefix or exists",
          token());
    }
    const std::string sign = tokens_[at_++].text;
    auto value = Value();
    if (!value.ok()) return value.status();
    v1::Predicate predicate;
    if (sign == "=" || sign == "==" || sign == "!=" || sign == "<>") {
      predicate.mutable_in()->set_attribute(name);
      *predicate.mutable_in()->add_values() = *std::move(value);
      if (sign[0] == '=') return predicate;
      return Not(std::move(predicate));
    }
    v1::Range& range = *predicate.mutable_range();
    range.set_attribute(name);
    if (sign[0] == '<') {
      *range.mutable_high() = *std::move(value);
      range.set_high_excluded(sign == "<");
    } else {
      *range.mutable_low() = *std::move(value);
      range.set_low_excluded(sign == ">");
    }
    return predicate;
  }

  absl::StatusOr<v1::AttributeValue> Value() {
    v1::AttributeValue value;
    int64_t whole = 0;
    if (token().kind == TokenKind::kText) {
      value.set_string_value(token().text);
    } else if (IsWord("true") || IsWord("false")) {
      value.set_bool_value(IsWord("true"));
    } else if (token().kind != TokenKind::kNumber) {
      return Expected("a number, true, false or a text in quotes", token());
    } else if (absl::SimpleAtoi(token().text, &whole)) {
      value.set_int_value(whole);
    } else {
      double number = 0;
      (void)absl::SimpleAtod(token().text, &number);  // the lexer has seen it
      value.set_float_value(number);
    }
    ++at_;
    return value;
  }

  const std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace

const char kWhereHelp[] =
    "only ids whose attributes are so, such as\n"
    "'year >= 1990 and genre in (\"Drama\", \"War\")'";

absl::StatusOr<v1::Predicate> ParseWhere(absl::string_view text) {
  if (!IsUtf8(text)) {
    return UsageError("--where: expected UTF-8, got other bytes");
  }
  auto tokens = Lexer(text).Run();
  if (!tokens.ok()) return tokens.status();
  return Parser(*std::move(tokens)).Run();
}

}  // namespace akin::client
