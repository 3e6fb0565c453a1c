#include "server/auth/token_file.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "server/auth/watched_files.h"

namespace akin::server {
namespace {

constexpr absl::string_view kForm =
    "expected NAME ROLE [models=GLOB,...] sha256:HEX";

// A word of the file, for a message. What may be a token, or the sum of one, is
// not repeated.
std::string Shown(absl::string_view word) {
  constexpr size_t kMost = 24;
  if (word.size() > kMost) return absl::StrCat(word.size(), " characters");
  return absl::StrCat("\"", absl::CHexEscape(word), "\"");
}

absl::Status ParseModels(absl::string_view list, Token* token) {
  if (!token->models.empty()) {
    return absl::InvalidArgumentError("models= stands there twice");
  }
  for (const absl::string_view glob : absl::StrSplit(list, ',')) {
    const bool legal = !glob.empty() && absl::c_all_of(glob, [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
             absl::string_view("_-.*?").find(c) != absl::string_view::npos;
    });
    if (!legal) {
      return absl::InvalidArgumentError(absl::StrCat(
          "models= has ", Shown(glob),
          ", expected names of models, in which * and ? may stand, with a "
          "comma between them"));
    }
    token->models.emplace_back(glob);
  }
  return absl::OkStatus();
}

absl::Status ParseSum(absl::string_view hex, Token* token) {
  const bool legal =
      hex.size() == 2 * token->sum.size() && absl::c_all_of(hex, [](char c) {
        return absl::ascii_isxdigit(static_cast<unsigned char>(c));
      });
  if (!legal) {
    return absl::InvalidArgumentError(absl::StrCat(
        "sha256: has ", hex.size(),
        " characters behind it, expected 64 hexadecimal digits, as `printf %s "
        "TOKEN | sha256sum` prints them"));
  }
  const std::string bytes = absl::HexStringToBytes(hex);
  absl::c_copy(bytes, token->sum.begin());
  // What `printf %s $UNSET` and `echo` of it make.
  for (const absl::string_view nothing : {"", "\n"}) {
    if (token->sum == Sha256(nothing)) {
      return absl::InvalidArgumentError(
          "sha256: is that of no token at all, expected that of a long random "
          "one");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<Token>> ParseToken(absl::string_view line) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (words.size() < 3) {
    return absl::InvalidArgumentError(absl::StrCat(
        kForm, ", got ", words.size(), words.size() == 1 ? " word" : " words"));
  }
  auto token = std::make_shared<Token>();
  if (words[0].size() > kMostTokenNameBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        kForm, ", got a NAME of ", words[0].size(), " characters, at most ",
        kMostTokenNameBytes, " are expected"));
  }
  AKIN_RETURN_IF_ERROR(CheckName("token", words[0]));
  token->name = std::string(words[0]);
  const auto role = ParseRole(words[1]);
  if (!role.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the role is ", Shown(words[1]), ", expected search, edit or admin"));
  }
  token->role = *role;
  bool has_sum = false;
  for (size_t i = 2; i < words.size(); ++i) {
    absl::string_view word = words[i];
    if (absl::ConsumePrefix(&word, "models=")) {
      AKIN_RETURN_IF_ERROR(ParseModels(word, token.get()));
    } else if (!has_sum && absl::ConsumePrefix(&word, "sha256:")) {
      AKIN_RETURN_IF_ERROR(ParseSum(word, token.get()));
      has_sum = true;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat(kForm, ", got ", Shown(words[i])));
    }
  }
  if (!has_sum) {
    return absl::InvalidArgumentError(absl::StrCat(kForm, ", got no sha256:"));
  }
  return token;
}

absl::Status CheckOther(const Token& token, const Tokens& others) {
  for (const auto& other : others) {
    if (other->name == token.name) {
      return absl::InvalidArgumentError(
          absl::StrCat("the name ", token.name, " is that of a line before"));
    }
    if (other->sum == token.sum) {
      return absl::InvalidArgumentError(absl::StrCat(
          token.name, " and ", other->name, " have one token, expected two"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

Sha256Sum Sha256(absl::string_view text) {
  Sha256Sum sum;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         sum.data());
  return sum;
}

bool MatchesGlob(absl::string_view glob, absl::string_view name) {
  // Goes back to the last * only, which is enough (no exponential time).
  size_t g = 0;
  size_t n = 0;
  size_t star = absl::string_view::npos;
  size_t star_n = 0;
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      star_n = n;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == name[n])) {
      ++g;
      ++n;
    } else if (star != absl::string_view::npos) {
      g = star + 1;
      n = ++star_n;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

bool Token::MayUse(absl::string_view model) const {
  return models.empty() || absl::c_any_of(models, [&](const auto& glob) {
           return MatchesGlob(glob, model);
         });
}

absl::StatusOr<Tokens> ParseTokens(absl::string_view text,
                                   const std::string& file_name) {
  Tokens tokens;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const auto bad = [&](absl::string_view why) {
      return absl::InvalidArgumentError(
          absl::StrCat(file_name, ":", number, ": ", why));
    };
    if (line.size() > kMostTokenLineBytes) {
      return bad(absl::StrCat("the line has ", line.size(),
                              " bytes, expected at most ",
                              kMostTokenLineBytes));
    }
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    auto token = ParseToken(line);
    if (!token.ok()) return bad(token.status().message());
    const absl::Status other = CheckOther(**token, tokens);
    if (!other.ok()) return bad(other.message());
    if (tokens.size() == kMostTokens) {
      return bad(absl::StrCat("there are more than ", kMostTokens, " tokens"));
    }
    tokens.push_back(*std::move(token));
  }
  if (tokens.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(file_name,
                     ": there is no token in it, so nobody could "
                     "call; expected a line of them at least"));
  }
  return tokens;
}

absl::StatusOr<Tokens> ReadTokens(const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(const std::string text,
                        ReadSmallFile("the tokens", path, kMostTokenFileBytes));
  return ParseTokens(text, path);
}

std::shared_ptr<const Token> FindToken(const Tokens& tokens,
                                       absl::string_view secret) {
  const Sha256Sum sum = Sha256(secret);
  std::shared_ptr<const Token> found;
  // All of them, to the end: how long it takes tells nobody which is near.
  for (const auto& token : tokens) {
    const bool same =
        CRYPTO_memcmp(token->sum.data(), sum.data(), sum.size()) == 0;
    if (same) found = token;
  }
  return found;
}

}  // namespace akin::server
