#include "server/auth/authorizer.h"

#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "index/base/error_facts.h"
#include "index/base/status_macros.h"

namespace akin::server {
namespace {

constexpr absl::string_view kScheme = "Bearer ";

// What a line keeps of the one before it: then calls that run go on.
bool SayTheSame(const Token& a, const Token& b) {
  return a.name == b.name && a.role == b.role && a.models == b.models &&
         a.sum == b.sum;
}

// `read`, but with the objects of `before` where nothing has changed; whatever
// else was in `before` is revoked.
Tokens Renew(const Tokens& before, Tokens read) {
  for (const auto& old : before) {
    bool stays = false;
    for (auto& token : read) {
      if (!SayTheSame(*old, *token)) continue;
      token = old;
      stays = true;
    }
    if (!stays) old->revoked = true;
  }
  return read;
}

// The token of the metadata.
absl::StatusOr<absl::string_view> SecretIn(
    const Method& method, absl::Span<const absl::string_view> authorization) {
  const auto no = [&](absl::string_view came) {
    return absl::UnauthenticatedError(absl::StrCat(
        method.name(), " wants a token with the role ", NameOf(*method.role),
        ": expected the metadata authorization: Bearer TOKEN, got ", came));
  };
  if (authorization.empty()) return no("none");
  if (authorization.size() > 1) return no("it several times");
  absl::string_view value = authorization[0];
  if (!absl::StartsWithIgnoreCase(value, kScheme)) return no("another scheme");
  value.remove_prefix(kScheme.size());
  value = absl::StripAsciiWhitespace(value);
  if (value.empty()) return no("an empty token");
  if (value.size() > kMostTokenBytes) return no("a token that is too long");
  return value;
}

}  // namespace

absl::Status Caller::CheckValid() const {
  if (token == nullptr || !token->revoked) return absl::OkStatus();
  return absl::UnauthenticatedError(
      absl::StrCat("the token ", token->name, " is not valid any more"));
}

absl::Status Caller::CheckModel(absl::string_view model) const {
  AKIN_RETURN_IF_ERROR(CheckValid());
  if (token == nullptr || token->MayUse(model)) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat(
      "the token ", token->name, " is for the models ",
      absl::StrJoin(token->models, ", "), ", and not for the one asked for"));
}

absl::Status Caller::WithoutOthers(const absl::Status& status) const {
  if (!limited() || !absl::IsNotFound(status) ||
      !absl::StartsWith(status.message(), "model ")) {
    return status;
  }
  const auto facts = FactsOf(status);
  const auto* unknown =
      facts.has_value() ? std::get_if<UnknownName>(&*facts) : nullptr;
  if (unknown == nullptr) return status;
  std::vector<std::string> near;
  for (const std::string& name : unknown->near) {
    if (token->MayUse(name)) near.push_back(name);
  }
  return UnknownNameError("model", unknown->name, "this server",
                          std::move(near));
}

absl::StatusOr<std::unique_ptr<Authorizer>> Authorizer::Open(std::string path,
                                                             SaySecurity say) {
  // Stamped before it is read: what changes meanwhile is read again.
  auto authorizer = std::unique_ptr<Authorizer>(
      new Authorizer(std::move(path), std::move(say), {}));
  AKIN_ASSIGN_OR_RETURN(Tokens tokens, ReadTokens(authorizer->path_));
  MutexLock lock(&authorizer->mutex_);
  authorizer->tokens_ = std::make_shared<const Tokens>(std::move(tokens));
  return authorizer;
}

Authorizer::Authorizer(std::string path, SaySecurity say, Tokens tokens)
    : path_(std::move(path)),
      say_(std::move(say)),
      file_({path_}),
      tokens_(std::make_shared<const Tokens>(std::move(tokens))) {}

std::shared_ptr<const Tokens> Authorizer::tokens() const {
  MutexLock lock(&mutex_);
  return tokens_;
}

absl::StatusOr<Caller> Authorizer::Authorize(
    absl::string_view path, absl::Span<const absl::string_view> authorization,
    std::string* known) const {
  const Method* method = FindMethod(path);
  if (method == nullptr) {
    return absl::PermissionDeniedError(
        "nobody may call this method: it is none of this server's");
  }
  if (!method->role.has_value()) return Caller();
  AKIN_ASSIGN_OR_RETURN(const absl::string_view secret,
                        SecretIn(*method, authorization));
  Caller caller{FindToken(*tokens(), secret)};
  if (caller.token == nullptr) {
    return absl::UnauthenticatedError(
        absl::StrCat(method->name(), " wants a token with the role ",
                     NameOf(*method->role), ": the one that came is unknown"));
  }
  if (known != nullptr) *known = caller.token->name;
  if (caller.token->role < *method->role) {
    return absl::PermissionDeniedError(
        absl::StrCat(method->name(), " wants the role ", NameOf(*method->role),
                     ", the token ", caller.token->name, " has the role ",
                     NameOf(caller.token->role)));
  }
  return caller;
}

void Authorizer::Look() {
  if (!file_.Changed()) return;
  auto read = ReadTokens(path_);
  if (!read.ok()) {
    return say_(
        absl::StrCat("the tokens stay as they were: ", read.status().message()),
        true);
  }
  const std::shared_ptr<const Tokens> before = tokens();
  auto after = std::make_shared<const Tokens>(Renew(*before, *std::move(read)));
  const size_t count = after->size();
  {
    MutexLock lock(&mutex_);
    tokens_ = std::move(after);
  }
  say_(absl::StrCat("read the tokens in ", path_, " again: ", count), false);
}

}  // namespace akin::server
