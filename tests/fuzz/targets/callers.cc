// Who callers say that they are, and the file that says who they may be.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "server/auth/authorizer.h"
#include "server/auth/token_file.h"
#include "server/log/call_trace.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/promises.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

constexpr size_t kSumDigits = 64;

bool HoldsASum(absl::string_view text) {
  size_t digits = 0;
  return std::any_of(text.begin(), text.end(), [&](char c) {
    digits =
        absl::ascii_isxdigit(static_cast<unsigned char>(c)) ? digits + 1 : 0;
    return digits >= kSumDigits;
  });
}

bool ReadTokenFile(absl::string_view input) {
  const auto tokens = server::ParseTokens(input, "tokens");
  if (!tokens.ok()) {
    RequireInvalidArgument(tokens.status());
    Require(absl::StartsWith(tokens.status().message(), "tokens"),
            "an error names the file");
    Require(!HoldsASum(tokens.status().message()), "an error has no sum");
    return false;
  }
  Require(!tokens->empty() && tokens->size() <= server::kMostTokens,
          "some tokens");
  for (const auto& token : *tokens) {
    Require(!token->name.empty(), "a token has a name");
    (void)token->MayUse("glove");
  }
  Require(server::FindToken(*tokens, input) == nullptr,
          "nobody has guessed one");
  return true;
}

// Of a file with the token "secret" for search: a method's path, and on each
// further line a value of the metadata. Only that token opens a method.
bool ReadAuthorization(absl::string_view input) {
  static const TempDir dir;
  static const auto* const authorizer = [] {
    auto opened = server::Authorizer::Open(
        dir.Write("tokens",
                  "web search sha256:"
                  "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf52"
                  "7a25b\n"),
        [](const std::string& /*line*/, bool /*is_error*/) {});
    Require(opened.ok(), "a file of tokens");
    return opened->release();
  }();
  const std::vector<absl::string_view> lines = absl::StrSplit(input, '\n');
  std::string known;
  const auto caller = authorizer->Authorize(
      lines[0], absl::MakeConstSpan(lines).subspan(1), &known);
  if (!caller.ok()) {
    Require(absl::IsUnauthenticated(caller.status()) ||
                absl::IsPermissionDenied(caller.status()),
            "who may not is told so");
    return false;
  }
  if (caller->token == nullptr) return false;  // a method for whoever asks
  Require(lines.size() == 2 &&
              absl::EndsWith(absl::StripAsciiWhitespace(lines[1]), "secret"),
          "only the token opens it");
  return true;
}

// A request id and a traceparent, a line each.
bool ReadCallTrace(absl::string_view input) {
  const std::vector<absl::string_view> lines = absl::StrSplit(input, '\n');
  const absl::string_view parent = lines.size() > 1 ? lines[1] : "";
  const server::CallTrace trace = server::TraceFrom(lines[0], parent);
  Require(server::IsRequestId(trace.request_id), "there is a request id");
  Require(trace.traceparent.empty() || trace.traceparent == parent,
          "a traceparent is passed on as it came");
  return trace.request_id == lines[0] && !trace.traceparent.empty();
}

constexpr FuzzTarget kTargets[] = {
    {"tokens", ReadTokenFile},
    {"authorization", ReadAuthorization},
    {"call_trace", ReadCallTrace},
};

}  // namespace

absl::Span<const FuzzTarget> CallerTargets() { return kTargets; }

}  // namespace akin
